/* SPDX-License-Identifier: MIT */
/* The files that a virtual machine starts from. */
#include "boot_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot_magic.h"
#include "cleanup.h"
#include "disk_reference.h"
#include "error.h"
#include "machine.h"
#include "vm.h"
#include "vm_image.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define INITRD_HEAD 4096 /* bytes that are looked at */

/* Where a file is looked for when nobody has named it. */
struct boot_file {
	const char *what;
	const char *option;
	const char *variable;
	const char *places[2];
	const char *advice;
};

static const struct boot_file kernel_file = {
    "kernel",          "--kernel",
    "VMCONFIG_KERNEL", {"build/kernel/vmlinuz", VMCONFIG_LIBDIR "/vmlinuz"},
    "make kernel",
};

static const struct boot_file initrd_file = {
    "initrd",          "--initrd",
    "VMCONFIG_INITRD", {"build/initrd.cpio", VMCONFIG_LIBDIR "/initrd.cpio"},
    "make initrd",
};

static const char *look_for(const struct boot_file *file)
{
	const char *path = getenv(file->variable);

	if (path && *path)
		return path;
	for (size_t i = 0; i < sizeof(file->places) / sizeof(*file->places); i++)
		if (access(file->places[i], F_OK) == 0)
			return file->places[i];
	return NULL;
}

static int find(const struct boot_file *file, char **path)
{
	const char *found;

	if (*path)
		return 0;
	found = look_for(file);
	if (!found)
		return fail("no %s: name one with %s or %s, or put one at '%s' (%s) or at '%s'",
		            file->what, file->option, file->variable, file->places[0], file->advice,
		            file->places[1]);
	*path = strdup(found);
	return *path ? 0 : fail_errno(ENOMEM, "cannot look for a %s", file->what);
}

static int open_regular(const char *what, const char *path)
{
	/* O_NONBLOCK: opening a FIFO would wait for its writer. */
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(errno, "cannot read %s '%s'", what, path);
	if (!S_ISREG(st.st_mode))
		return fail("%s '%s' is no regular file", what, path);
	if (st.st_size == 0)
		return fail("%s '%s' is empty", what, path);
	return steal_fd(&fd);
}

static int check_kernel(const char *path, const struct vmm_setup *setup)
{
	const char *vmm = setup->kind->name, *machine = setup->machine->name;
	_cleanup_fd_ int fd = open_regular("kernel", path);
	_cleanup_free_ char *wanted = NULL;
	int kind;

	if (fd < 0)
		return fd;
	kind = kernel_kind(fd);
	if (kind < 0)
		return fail_errno(-kind, "cannot read kernel '%s'", path);
	if (kernel_boots(vmm, machine, (enum kernel_kind)kind))
		return 0;
	wanted = kernel_kinds_text(vmm, machine);
	return fail("kernel '%s' is %s: %s boots %s on %s", path,
	            kernel_kind_name((enum kernel_kind)kind), vmm, wanted ? wanted : "others",
	            machine);
}

static int check_initrd(const char *path)
{
	_cleanup_fd_ int fd = open_regular("initrd", path);
	char head[INITRD_HEAD];
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, head, sizeof(head));
	if (n < 0)
		return fail_errno(errno, "cannot read initrd '%s'", path);
	if (!initrd_kind(head, (size_t)n))
		return fail("initrd '%s' is neither a cpio archive nor compressed in a way that "
		            "kernels know",
		            path);
	return 0;
}

static int check_guess(const struct vm_disk *disk, const struct vmm_kind *kind, int fd)
{
	const char *what = vm_image_or_disk(disk), *guess;
	int r = disk_guess(fd, &guess);

	if (r < 0)
		return fail_errno(-r, "cannot read %s '%s'", what, disk->file);
	if (guess)
		return fail("%s '%s' is to be raw and begins as %s does, for which %s takes it: "
		            "whoever wrote that would choose which files of the host the guest "
		            "reads",
		            what, disk->file, guess, kind->name);
	return 0;
}

static int check_references(const struct vm_disk *disk, int fd)
{
	const char *what = vm_image_or_disk(disk);
	int r = disk_refers(fd, disk->format);

	if (r < 0)
		return fail_errno(-r, "cannot read %s '%s'", what, disk->file);
	if (r > 0)
		return fail("%s '%s' names other files of the host, which the guest would read: "
		            "only if you made it, and know which they are, make one file of it%s",
		            what, disk->file, disk->is_vm_image ? "" : " or add ',references'");
	return 0;
}

bool boot_disk_may_refer(const struct vm_disk *disk, const struct vmm_kind *kind)
{
	if (disk->format == VM_IMAGE_NONE || disk->format == VM_IMAGE_RAW)
		return kind->features & VMM_GUESSES;
	return !disk->references && disk_can_refer(disk->format);
}

static int check_content(const struct vm_disk *disk, const struct vmm_kind *kind, int fd)
{
	if (!boot_disk_may_refer(disk, kind))
		return 0;
	return disk_can_refer(disk->format) ? check_references(disk, fd)
	                                    : check_guess(disk, kind, fd);
}

int boot_disk_check(const struct vm_disk *disk, const struct vmm_kind *kind)
{
	const char *what = vm_image_or_disk(disk);
	int mode = disk->readonly ? O_RDONLY : O_RDWR;
	_cleanup_fd_ int fd = -1;
	struct stat st;

	if (stat(disk->file, &st) < 0)
		return fail_errno(errno, "cannot use %s '%s'", what, disk->file);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return fail("%s '%s' is neither a regular file nor a block device", what,
		            disk->file);
	if (S_ISREG(st.st_mode) && st.st_size == 0)
		return fail("%s '%s' is empty", what, disk->file);
	fd = open(disk->file, mode | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fail_errno(errno, "cannot open %s '%s' for %s", what, disk->file,
		                  disk->readonly ? "reading" : "writing (',ro' reads only)");
	return check_content(disk, kind, fd);
}

int boot_files_find(struct vm *vm, const struct vmm_setup *setup)
{
	int r = find(&kernel_file, &vm->kernel);

	if (r == 0)
		r = find(&initrd_file, &vm->initrd);
	if (r == 0)
		r = check_kernel(vm->kernel, setup);
	if (r == 0)
		r = check_initrd(vm->initrd);
	return r;
}

int boot_disks_check(const struct vm *vm, const struct vmm_kind *kind)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->disks.count; i++)
		r = boot_disk_check(&vm->disks.items[i], kind);
	return r;
}
