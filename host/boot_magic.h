/* SPDX-License-Identifier: MIT */
/* What kind of kernel or initrd a file is, by its bytes, and who boots that kind. */
#ifndef VMCONFIG_BOOT_MAGIC_H
#define VMCONFIG_BOOT_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

enum kernel_kind {
	KERNEL_UNKNOWN,
	KERNEL_BZIMAGE,   /* x86 boot protocol: setup header at 0x1f1 */
	KERNEL_ELF,       /* vmlinux */
	KERNEL_ELF_PVH,   /* vmlinux with a note that says where PVH enters */
	KERNEL_ARM64,     /* Image */
	KERNEL_RISCV,     /* Image */
	KERNEL_EFI_ZBOOT, /* Image, compressed, in an EFI stub that unpacks it */
	KERNEL_EFI,       /* a program for EFI firmware only */
	KERNEL_UIMAGE,    /* U-Boot's */
	KERNEL_GZIP,      /* some kernel in gzip */
	KERNEL_KIND_COUNT,
};

/* kernel_kind() - of an open file. Return: enum kernel_kind, or -errno. */
int kernel_kind(int fd);

/* kernel_version() - a bzImage's own word for it, as uname -r has it. Return: for free(), or NULL.
 */
char *kernel_version(int fd);

/* kernel_kind_name() - for messages: "a bzImage", … */
const char *kernel_kind_name(enum kernel_kind kind);

/* kernel_boots() - whether @family (of vmm_kinds) boots that kind on @machine (as uname -m says
 * it). */
bool kernel_boots(const char *family, const char *machine, enum kernel_kind kind);

/* kernel_kinds_text() - "a bzImage or …": what @family boots on @machine; for free(). */
char *kernel_kinds_text(const char *family, const char *machine);

/* initrd_kind() - how a file is packed that is an initramfs: "cpio", "gzip", …; NULL when it is
 * none. */
const char *initrd_kind(const void *head, size_t length);

#endif
