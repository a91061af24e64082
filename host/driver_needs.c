/* SPDX-License-Identifier: MIT */
/*
 * What a machine was given beyond what every machine has, and its drivers: an
 * initrd for all machines has only those that all of them need, and a guest
 * without one finds out when it has booted already.
 */
#include "driver_needs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot_magic.h"
#include "cleanup.h"
#include "error.h"
#include "image_tool.h"
#include "initrd_modules.h"
#include "list.h"
#include "run_disk.h"
#include "scratch_file.h"
#include "stop_signals.h"
#include "tool.h"
#include "vm.h"

static bool has_share(const struct vm *vm, bool is_9p)
{
	for (size_t i = 0; i < vm->shares.count; i++)
		if (vm->shares.items[i].is_9p == is_9p)
			return true;
	return false;
}

static bool has_virtiofs(const struct vm *vm)
{
	return has_share(vm, false);
}

static bool has_9p(const struct vm *vm)
{
	return has_share(vm, true);
}

static bool has_vsock(const struct vm *vm)
{
	return vm->vsock_cid.set;
}

static bool has_balloon(const struct vm *vm)
{
	return vm->balloon;
}

static const struct need {
	const char *module;
	const char *what;
	bool (*is_there)(const struct vm *vm);
} needs[] = {
    {"virtiofs", "a shared directory", has_virtiofs},
    {"9pnet_virtio", "a directory shared by 9p", has_9p},
    {"9p", "a directory shared by 9p", has_9p},
    {"vmw_vsock_virtio_transport", "vsock", has_vsock},
    {"virtio_balloon", "the balloon", has_balloon},
};

#define NEED_COUNT (sizeof(needs) / sizeof(needs[0]))

/* @lacking: takes the rows that are not met. Return: how many, or negative after printing a line.
 */
static int find_lacking(const struct vm *vm, const struct need **lacking)
{
	_cleanup_(initrd_modules_release) struct initrd_modules there = {0};
	int count = 0;

	for (size_t i = 0; i < NEED_COUNT; i++)
		if (needs[i].is_there(vm))
			lacking[count++] = &needs[i];
	if (count) {
		int r = initrd_modules_read(vm->initrd, &there);

		if (r < 0 || !there.whole)
			return r;
	}
	for (int i = count; i-- > 0;)
		if (strlist_contains(&there.names, lacking[i]->module))
			lacking[i] = lacking[--count];
	return count;
}

/*
 * The directory below which the modules of @kernel are, and its version.
 * Return: 0, -ENOENT (silent) when there are none, or negative after printing a line.
 */
static int find_modules(const char *kernel, char **root, char **version)
{
	_cleanup_fd_ int fd = open(kernel, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *slash = strrchr(kernel, '/');
	_cleanup_free_ char *list = NULL;

	*version = fd < 0 ? NULL : kernel_version(fd);
	if (!*version)
		return -ENOENT;
	*root = slash ? strndup(kernel, (size_t)(slash - kernel) + 1) : strdup("./");
	if (!*root || asprintf(&list, "%slib/modules/%s/modules.dep", *root, *version) < 0) {
		list = NULL;
		return fail_errno(ENOMEM, "cannot look for kernel modules");
	}
	return access(list, R_OK) == 0 ? 0 : -ENOENT;
}

/* @file: takes the initrd that has them, too */
static int extend(const struct vm *vm, const struct need **lacking, int count, int file,
                  const struct held_signals *held)
{
	_cleanup_free_ char *root = NULL, *version = NULL, *program = NULL;
	const char *words[11 + 2 * NEED_COUNT];
	size_t n = 0;
	int r = find_modules(vm->kernel, &root, &version);

	if (r < 0)
		return r;
	program = image_tool_find();
	if (!program)
		return -EINVAL;
	words[n++] = program;
	words[n++] = "initrd";
	words[n++] = "--extend";
	words[n++] = vm->initrd;
	words[n++] = "--modules";
	words[n++] = root;
	words[n++] = "--kernel-version";
	words[n++] = version;
	for (int i = 0; i < count; i++) {
		words[n++] = "--module";
		words[n++] = lacking[i]->module;
	}
	words[n++] = "-o";
	words[n++] = "-";
	words[n] = NULL;
	r = tool_fill(words, file, held);
	return r > 0 ? fail("cannot add to initrd '%s' what %s needs", vm->initrd, lacking[0]->what)
	             : r;
}

static void tell(const struct vm *vm, const struct need *need)
{
	warn("initrd '%s' has no module '%s', which %s needs where the kernel has it not built in: "
	     "'vmconfig initrd --module %s' makes one that has",
	     vm->initrd, need->module, need->what, need->module);
}

int vm_use_initrd(struct vm *vm, int fd)
{
	char *path;

	if (asprintf(&path, "/proc/%ld/fd/%d", (long)getpid(), fd) < 0)
		return fail_errno(ENOMEM, "cannot start the virtual machine");
	free(vm->initrd);
	vm->initrd = path;
	return 0;
}

int driver_needs_meet(struct vm *vm, int *made)
{
	const struct need *lacking[NEED_COUNT];
	int r, count = find_lacking(vm, lacking);
	struct held_signals held = {0};
	_cleanup_fd_ int writer = -1;

	if (count <= 0)
		return count;
	writer = scratch_file(run_scratch_directory(), made);
	if (writer < 0)
		return writer;
	stop_signals_hold(&held); /* so that the child is ended, too */
	r = extend(vm, lacking, count, writer, &held);
	stop_signals_release(&held);
	if (r == 0)
		return vm_use_initrd(vm, *made);
	for (int i = 0; r == -ENOENT && i < count; i++)
		tell(vm, lacking[i]);
	return r == -ENOENT ? 0 : r;
}
