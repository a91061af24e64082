/* SPDX-License-Identifier: MIT */
/* What a runner package wants beside what any machine does. */
#include "runner_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "machine.h"
#include "runner.h"
#include "tool.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define MAX_NAME 64
#define LETTERS  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

bool runner_is_name(const char *name)
{
	return *name && strlen(name) <= MAX_NAME && strchr(LETTERS, *name) &&
	       !name[strspn(name, LETTERS "._-")];
}

/* What was derived is no fault of the command line's. */
static int check_name(const char *name)
{
	return runner_is_name(name)
	           ? 0
	           : fail("'%s' can be no machine's name: give it one with --name", name);
}

static int choose_name(struct runner *o, const struct request *r)
{
	const char *name = r->config.hostname, *slash;
	size_t length = strlen(o->output);

	if (o->name)
		return 0;
	if (name) {
		o->name = strdup(name);
	} else {
		while (length && o->output[length - 1] == '/')
			length--;
		slash = length ? memrchr(o->output, '/', length) : NULL;
		name = slash ? slash + 1 : o->output;
		o->name = strndup(name, length - (size_t)(name - o->output));
	}
	return o->name ? check_name(o->name) : fail_errno(ENOMEM, "cannot make the package");
}

bool runner_is_user(const char *user)
{
	for (int part = 0;; part++) {
		size_t n = strspn(user, LETTERS "._-");

		if (!n || *user == '-' || (user[n] && (user[n] != ':' || part)))
			return false;
		if (!user[n])
			return true;
		user += n + 1;
	}
}

static int make_absolute(char **vmm, const char *name)
{
	char *found;

	if (*name == '/')
		return 0;
	if (strchr(name, '/'))
		return fail("--vmm: '%s' is not absolute, and a unit may start anywhere", name);
	found = tool_find(name);
	if (!found)
		return fail("--vmm: there is no '%s' in PATH: name its absolute path", name);
	free(*vmm);
	*vmm = found;
	return 0;
}

static int choose_vmm(struct vm *vm, struct vmm_setup *setup)
{
	const char *name = vm->vmm ? vm->vmm : setup->machine->program;

	setup->kind = vmm_kind_of(name);
	if (!setup->kind)
		return fail("--vmm: the name of '%s' tells no family: qemu, cloud-hypervisor, "
		            "firecracker, crosvm, lkvm, stratovirt, alioth",
		            name);
	return make_absolute(&vm->vmm, name);
}

/* What only makes sense while somebody waits, or needs the host's answer now. */
static int check_request(struct request *r)
{
	if (host_hooks_any(&r->hooks))
		return fail("hooks: units run no hooks of a bundle on the host");
	if (r->config.terminal) {
		warn("'terminal' is left out: nobody sits at a service's");
		r->config.terminal = false;
	}
	if (r->vm.interactive)
		return fail("--interactive: a package has no standard input");
	if (r->vm.timing || r->vm.timing_file)
		return fail(
		    "%s: nobody waits for a package's machine to end: only 'run' can say it",
		    r->vm.timing ? "--timing" : "--timing-json");
	for (size_t i = 0; i < r->vm.publish.count; i++)
		if (!r->vm.publish.items[i].host_port)
			return fail("--publish: a package cannot have port 0 of the host");
	if (!r->vm.disks.count)
		return fail("there is no root filesystem: name its image with --disk FILE,ro");
	return 0;
}

int runner_check(struct runner *options, struct request *r, struct vmm_setup *setup)
{
	int result = check_request(r);

	setup->machine = machine_of_host();
	if (!setup->machine)
		return -EINVAL;
	if (result == 0)
		result = choose_name(options, r);
	if (result == 0)
		result = choose_vmm(&r->vm, setup);
	setup->name = options->name;
	return result;
}

static int check_text(const char *what, const char *text)
{
	for (const char *c = text; c && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return fail("%s '%s' holds a control character", what, text);
	return 0;
}

static int check_texts(const struct vm *vm)
{
	int r = check_text("kernel", vm->kernel);

	if (r == 0)
		r = check_text("initrd", vm->initrd);
	if (r == 0)
		r = check_text("device tree", vm->device_tree);
	if (r == 0)
		r = check_text("VMM", vm->vmm);
	for (size_t i = 0; r == 0 && i < vm->disks.count; i++)
		r = check_text("disk", vm->disks.items[i].file);
	for (size_t i = 0; r == 0 && i < vm->shares.count; i++) {
		r = check_text("share", vm->shares.items[i].source);
		if (r == 0)
			r = check_text("socket", vm->shares.items[i].socket);
	}
	for (size_t i = 0; r == 0 && i < vm->vmm_parameters.count; i++)
		r = check_text("VMM parameter", vm->vmm_parameters.items[i]);
	return r;
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static int check_interfaces(const struct vm *vm)
{
	for (size_t i = 0; i < vm->nics.count; i++) {
		const struct vm_nic *a = &vm->nics.items[i];
		const char *name = a->tap ? a->tap : a->macvtap;

		if (a->macvtap && !a->link)
			return fail("--net macvtap=%s: 'link=' is missing, the device below it",
			            a->macvtap);
		for (size_t j = 0; j < i; j++)
			if (same(name, vm->nics.items[j].tap) ||
			    same(name, vm->nics.items[j].macvtap))
				return fail("--net: interface '%s' is given twice", name);
	}
	return 0;
}

static int check_shares(const struct vm *vm)
{
	for (size_t i = 0; i < vm->shares.count; i++) {
		const struct vm_share *a = &vm->shares.items[i];

		for (size_t j = 0; j < i; j++) {
			const struct vm_share *b = &vm->shares.items[j];

			if (same(a->tag, b->tag))
				return fail("--share: tag '%s' is given twice", a->tag);
			if (same(a->socket, b->socket))
				return fail("--share: socket '%s' is given twice", a->socket);
		}
	}
	return 0;
}

static int check_images(const struct vm *vm)
{
	for (size_t i = 0; i < vm->disks.count; i++)
		for (size_t j = 0; j < i; j++)
			if (same(vm->disks.items[i].file, vm->disks.items[j].file))
				return fail("--disk: image '%s' is given twice",
				            vm->disks.items[i].file);
	return 0;
}

int runner_check_devices(const struct request *r)
{
	int result = check_texts(&r->vm);

	if (result == 0)
		result = check_interfaces(&r->vm);
	if (result == 0)
		result = check_shares(&r->vm);
	return result < 0 ? result : check_images(&r->vm);
}
