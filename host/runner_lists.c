/* SPDX-License-Identifier: MIT */
/* Lists of a runner package: what a host prepares before the machine starts, and what it allows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "host_files.h"
#include "package.h"
#include "runner.h"
#include "vmm_kind.h"

static void write_taps(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;

	for (size_t i = 0; i < vm->nics.count; i++)
		if (vm->nics.items[i].tap)
			fprintf(out, "%s\n", vm->nics.items[i].tap);
}

static void write_tap_flags(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;

	for (size_t i = 0; i < vm->nics.count; i++) {
		if (vm->nics.items[i].tap) {
			fputs("vnet_hdr\n", out);
			return;
		}
	}
}

static void write_macvtaps(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;

	for (size_t i = 0; i < vm->nics.count; i++) {
		const struct vm_nic *nic = &vm->nics.items[i];

		if (nic->macvtap)
			fprintf(out, "%s %s %s %s\n", nic->macvtap, nic->mac, nic->link,
			        nic->mode ? nic->mode : "bridge");
	}
}

static void write_list(FILE *out, const struct strlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		fprintf(out, "%s\n", list->items[i]);
}

static void write_pci(FILE *out, const struct runner_plan *plan)
{
	write_list(out, &plan->request->vm.pci);
}

static void write_usb(FILE *out, const struct runner_plan *plan)
{
	write_list(out, &plan->request->vm.usb);
}

static void write_vsock(FILE *out, const struct runner_plan *plan)
{
	if (plan->request->vm.vsock_cid.set)
		fprintf(out, "%lld\n", (long long)plan->request->vm.vsock_cid.value);
}

static void write_hypervisor(FILE *out, const struct runner_plan *plan)
{
	fprintf(out, "%s\n", plan->kind->name);
}

static const struct {
	const char *name;
	void (*write)(FILE *out, const struct runner_plan *plan);
} lists[] = {
    {"hypervisor", write_hypervisor}, {"tap-interfaces", write_taps},
    {"tap-flags", write_tap_flags},   {"macvtap-interfaces", write_macvtaps},
    {"pci-devices", write_pci},       {"usb-devices", write_usb},
    {"vsock-cid", write_vsock},
};

/* A list of nothing is no file. */
static int put(struct package *p, const char *name, const char *text, size_t length)
{
	_cleanup_free_ char *path = NULL;

	if (!length)
		return 0;
	if (asprintf(&path, "share/microvm/%s", name) < 0) {
		path = NULL;
		return fail_errno(ENOMEM, "cannot write '%s'", name);
	}
	return package_put(p, path, text, length, 0644);
}

static int put_share(struct package *p, const struct vm_share *share)
{
	const char *const names[] = {"source", "socket"};
	const char *const values[] = {share->source, share->socket};
	int r = 0;

	for (size_t i = 0; r == 0 && i < 2; i++) {
		_cleanup_free_ char *name = NULL, *text = NULL;

		if (asprintf(&name, "virtiofs/%s/%s", share->tag, names[i]) < 0)
			name = NULL;
		if (asprintf(&text, "%s\n", values[i]) < 0)
			text = NULL;
		if (!name || !text)
			return fail_errno(ENOMEM, "share '%s'", share->source);
		r = put(p, name, text, strlen(text));
	}
	return r;
}

/* Names are free of control characters by now. What is relative is in the state directory. */
static void write_host_file(FILE *out, const char *path, bool readonly)
{
	if (*path == '/')
		fprintf(out, "%s %s\n", readonly ? "ro" : "rw", path);
}

static int put_host_files(struct package *p, const struct vm *vm)
{
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return fail_errno(errno, "cannot write '%s'", HOST_FILES);
	for (size_t i = 0; i < vm->disks.count; i++)
		write_host_file(out, vm->disks.items[i].file, vm->disks.items[i].readonly);
	for (size_t i = 0; i < vm->shares.count; i++)
		if (vm->shares.items[i].is_9p) /* of the others virtiofsd has the files */
			write_host_file(out, vm->shares.items[i].source,
			                vm->shares.items[i].readonly);
	if (fclose(out) != 0)
		return fail_errno(ENOMEM, "cannot write '%s'", HOST_FILES);
	return length ? package_put(p, HOST_FILES, text, length, 0644) : 0;
}

int runner_put_lists(struct package *p, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(lists) / sizeof(*lists); i++) {
		_cleanup_free_ char *text = NULL;
		size_t length = 0;
		FILE *out = open_memstream(&text, &length);

		if (!out)
			return fail_errno(errno, "cannot write '%s'", lists[i].name);
		lists[i].write(out, plan);
		if (fclose(out) != 0)
			return fail_errno(ENOMEM, "cannot write '%s'", lists[i].name);
		r = put(p, lists[i].name, text, length);
	}
	for (size_t i = 0; r == 0 && i < vm->shares.count; i++)
		if (!vm->shares.items[i].is_9p)
			r = put_share(p, &vm->shares.items[i]);
	return r < 0 ? r : put_host_files(p, vm);
}
