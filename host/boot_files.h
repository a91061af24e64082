/* SPDX-License-Identifier: MIT */
/* The files that a virtual machine starts from. */
#ifndef VMCONFIG_BOOT_FILES_H
#define VMCONFIG_BOOT_FILES_H

#include <stdbool.h>

struct vm;
struct vm_disk;
struct vmm_kind;
struct vmm_setup;

/*
 * boot_files_find() - complete @vm->kernel and @vm->initrd, and check them.
 *
 * What @vm names is taken as it is. Otherwise: VMCONFIG_KERNEL and
 * VMCONFIG_INITRD of the environment, build/kernel/vmlinuz and
 * build/initrd.cpio below the current directory, vmlinuz and initrd.cpio in
 * VMCONFIG_LIBDIR.
 *
 * A kernel of a kind that the VMM does not boot on this machine and an initrd
 * that is none are refused here: later they would be words of the VMM's, or silence.
 *
 * @setup: kind and machine count
 *
 * Return: 0, or negative after printing a line.
 */
int boot_files_find(struct vm *vm, const struct vmm_setup *setup);

/*
 * boot_disks_check(), boot_disk_check() - see that a disk can be opened as it is wanted, and that
 * the VMM would open no other file for it that nobody has allowed.
 */
int boot_disks_check(const struct vm *vm, const struct vmm_kind *kind);
int boot_disk_check(const struct vm_disk *disk, const struct vmm_kind *kind);

/* boot_disk_may_refer() - whether that hangs on what is in the disk at the time. */
bool boot_disk_may_refer(const struct vm_disk *disk, const struct vmm_kind *kind);

#endif
