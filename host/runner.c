/* SPDX-License-Identifier: MIT */
/* From a request to a runner package. */
#include "runner.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arg_list.h"
#include "boot_files.h"
#include "cleanup.h"
#include "complete.h"
#include "config_devices.h"
#include "disk.h"
#include "driver_needs.h"
#include "error.h"
#include "image_root.h"
#include "machine.h"
#include "network.h"
#include "package.h"
#include "request.h"
#include "runner_check.h"
#include "user_net.h"
#include "vm_cmdline.h"
#include "vm_image.h"
#include "vmm.h"
#include "vmm_kind.h"

#define SHARE PACKAGE_ROOT "/share/vmconfig/"

const char *const runner_tool_names[TOOL_COUNT] = {
    [TOOL_BUSCTL] = "busctl",     [TOOL_CHOWN] = "chown",         [TOOL_IP] = "ip",
    [TOOL_MODPROBE] = "modprobe", [TOOL_VIRTIOFSD] = "virtiofsd", [TOOL_VMCONFIG] = "vmconfig",
};

/* Where Debian has them; vmconfig itself is copied. */
static const char *const tool_places[TOOL_COUNT] = {
    [TOOL_BUSCTL] = "/usr/bin/busctl",
    [TOOL_CHOWN] = "/bin/chown",
    [TOOL_IP] = "/sbin/ip",
    [TOOL_MODPROBE] = "/sbin/modprobe",
    [TOOL_VIRTIOFSD] = "/usr/libexec/virtiofsd",
};

const char *runner_tool(const struct runner *options, enum runner_tool tool)
{
	if (options->tools[tool])
		return options->tools[tool];
	return tool == TOOL_VMCONFIG ? PACKAGE_ROOT "/libexec/vmconfig" : tool_places[tool];
}

void runner_release(struct runner *options)
{
	free(options->output);
	free(options->name);
	free(options->user);
	for (int i = 0; i < TOOL_COUNT; i++)
		free(options->tools[i]);
}

/* What is being put together. */
struct making {
	struct runner *options;
	struct request *request;
	struct vmm_setup setup;
	struct package package;
	struct vmm_command command;
	char *config; /* canonical text */
	size_t config_length;
};

static int replace(char **to, const char *from)
{
	char *copy = strdup(from);

	if (!copy)
		return fail_errno(ENOMEM, "cannot make the package");
	free(*to);
	*to = copy;
	return 0;
}

/* A file that lies in the package from now on. */
static int keep(struct making *m, char **file, const char *name)
{
	_cleanup_free_ char *inside = NULL, *path = NULL;
	int r;

	if (asprintf(&inside, "share/vmconfig/%s", name) < 0)
		inside = NULL;
	if (asprintf(&path, SHARE "%s", name) < 0)
		path = NULL;
	if (!inside || !path)
		return fail_errno(ENOMEM, "cannot make the package");
	r = package_copy(&m->package, inside, *file, 0644);
	return r < 0 ? r : replace(file, path);
}

/* What stays on the host need not be there yet: the attendant looks before each start, too. */
static int look_at(const struct vm_disk *disk, const struct vmm_kind *kind)
{
	struct vm_disk found = *disk;

	found.readonly = true;
	return *disk->file == '/' && access(disk->file, R_OK) == 0 ? boot_disk_check(&found, kind)
	                                                           : 0;
}

static int keep_disk(struct making *m, struct vm_disk *disk, size_t index)
{
	char name[32];
	int r;

	if (disk->references)
		return fail("disk '%s' may name other files, and a package has no copies of "
		            "those: --reference leaves it where it is",
		            disk->file);
	r = boot_disk_check(disk, m->setup.kind);
	snprintf(name, sizeof(name), "disk%zu.img", index);
	return r < 0 ? r : keep(m, &disk->file, name);
}

/* What is written stays the host's: a package is read only. */
static int keep_disks(struct making *m)
{
	struct vm *vm = &m->request->vm;
	bool keeps = !m->options->reference;
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->disks.count; i++) {
		struct vm_disk *disk = &vm->disks.items[i];

		r = keeps && disk->readonly ? keep_disk(m, disk, i) : look_at(disk, m->setup.kind);
	}
	return r;
}

static int keep_files(struct making *m)
{
	struct vm *vm = &m->request->vm;
	_cleanup_fd_ int initrd = -1;
	int r = boot_files_find(vm, &m->setup);

	if (r == 0)
		r = driver_needs_meet(vm, &initrd);
	if (r == 0)
		r = keep(m, &vm->kernel, "kernel");
	if (r == 0)
		r = keep(m, &vm->initrd, "initrd");
	if (r == 0 && vm->device_tree)
		r = keep(m, &vm->device_tree, "device-tree");
	return r;
}

/* What nobody has named is found here, and named by its whole path. */
static int find_files(struct making *m)
{
	struct vm *vm = &m->request->vm;
	char *const given[] = {vm->kernel, vm->initrd};
	char **const files[] = {&vm->kernel, &vm->initrd};
	int r = given[0] && given[1] ? 0 : boot_files_find(vm, &m->setup);

	for (size_t i = 0; r == 0 && i < 2; i++) {
		char path[PATH_MAX];

		if (given[i])
			continue;
		if (!realpath(*files[i], path))
			return fail_errno(errno, "cannot find '%s'", *files[i]);
		r = replace(files[i], path);
	}
	return r;
}

static int put_config(struct making *m)
{
	const struct report *report = m->request->config.report;
	struct disk_image image = {0};
	int r = request_render(m->request, COMPAT_NONE, &m->config, &m->config_length);

	if (r == 0)
		r = disk_make(DISK_EXT4, m->config, m->config_length, &image);
	if (r == 0)
		r = package_put(&m->package, "share/vmconfig/config.img", (const char *)image.bytes,
		                image.size, 0600);
	free(image.bytes);
	if (r < 0 || !report->nonce)
		return r;
	return package_put(&m->package, "share/vmconfig/nonce", report->nonce,
	                   strlen(report->nonce), 0600);
}

static int make_command(struct making *m)
{
	_cleanup_free_ char *line = NULL;
	_cleanup_free_ struct user_net *nets = NULL;
	struct vmm_setup *setup = &m->setup;
	int r;

	setup->config_disk = -1;
	setup->config_file = SHARE "config.img";
	r = vm_cmdline_make(&m->request->vm, setup, &line);
	if (r == 0)
		r = network_plan(m->request, &nets);
	if (r < 0)
		return r;
	setup->command_line = line;
	setup->nets = nets;
	setup->accel = m->request->vm.accel;
	setup->first_nic = FIRST_NIC_FD;
	setup->state_dir = true;
	for (int i = 0; i < CHANNEL_COUNT; i++)
		setup->channels[i] = FIRST_CHANNEL_FD + i;
	r = vmm_command_make(&m->request->vm, setup, &m->command);
	setup->command_line = NULL;
	setup->nets = NULL;
	return r;
}

static int put_parts(struct making *m, const char *user, const char *group)
{
	const struct runner_plan plan = {
	    .options = m->options,
	    .kind = m->setup.kind,
	    .request = m->request,
	    .command = &m->command.args,
	    .file_name = m->command.file_name,
	    .file_text = m->command.file_text,
	    .name = m->setup.name,
	    .user = user,
	    .group = group,
	    .choose_accel = m->setup.kind->features & VMM_TCG && m->setup.accel == ACCEL_AUTO,
	};
	int r = runner_put_scripts(&m->package, &plan);

	if (r == 0)
		r = runner_put_lists(&m->package, &plan);
	if (r == 0 && !m->options->tools[TOOL_VMCONFIG])
		r = package_copy(&m->package, "libexec/vmconfig", "/proc/self/exe", 0755);
	return r;
}

/* A name that differs where anything does: what hosts compare to tell an update. */
static int put_system(struct making *m)
{
	_cleanup_free_ char *name = NULL, *link = NULL, *target = NULL;
	char digest[17];
	int r;

	package_digest(&m->package, digest);
	if (asprintf(&name, "%s-vmconfig-%s", digest, m->setup.name) < 0)
		name = NULL;
	if (!name || asprintf(&link, "share/%s", name) < 0)
		link = NULL;
	if (!link || asprintf(&target, "../%s", name) < 0)
		target = NULL;
	if (!target)
		return fail_errno(ENOMEM, "cannot make the package");
	r = package_link(&m->package, link, "vmconfig");
	return r < 0 ? r : package_link(&m->package, "share/microvm/system", target);
}

static int fill(struct making *m)
{
	_cleanup_free_ char *user = NULL;
	const char *group = "kvm";
	int r = replace(&user, m->options->user ? m->options->user : "microvm:kvm");
	char *colon = user ? strchr(user, ':') : NULL;

	if (r < 0)
		return r;
	if (colon) {
		*colon = '\0';
		group = colon + 1;
	}
	r = m->options->reference ? find_files(m) : keep_files(m);
	if (r == 0)
		r = keep_disks(m);
	if (r == 0)
		r = put_config(m);
	if (r == 0)
		r = make_command(m);
	if (r == 0)
		r = put_parts(m, user, group);
	if (r == 0)
		r = put_system(m);
	return r < 0 ? r : package_commit(&m->package);
}

/* Directories that a bundle binds are served like those that the command line shares. */
static int name_sockets(struct vm *vm)
{
	for (size_t i = 0; i < vm->shares.count; i++) {
		struct vm_share *share = &vm->shares.items[i];

		if (share->is_9p || share->socket)
			continue;
		if (asprintf(&share->socket, "virtiofs-%s.sock", share->tag) < 0) {
			share->socket = NULL;
			return fail_errno(ENOMEM, "share '%s'", share->source);
		}
	}
	return 0;
}

int runner_make(struct runner *options, struct request *r)
{
	struct making m = {.options = options, .request = r};
	int result = runner_check(options, r, &m.setup);

	if (result == 0)
		result = image_root_name(r, m.setup.kind);
	if (result == 0)
		result = vm_image_attach(r, m.setup.kind);
	if (result == 0)
		result = name_sockets(&r->vm);
	if (result == 0)
		result = request_complete(r, m.setup.kind, true);
	if (result == 0)
		result = config_devices_check(r, m.setup.kind, true);
	if (result == 0)
		result = runner_check_devices(r);
	if (result == 0)
		result = package_begin(&m.package, options->output);
	if (result == 0)
		result = fill(&m);
	package_release(&m.package);
	vmm_command_release(&m.command);
	free(m.config);
	return result;
}
