/* SPDX-License-Identifier: MIT */
/* Drivers that only some machines need, and whether the initrd has them. */
#ifndef VMCONFIG_DRIVER_NEEDS_H
#define VMCONFIG_DRIVER_NEEDS_H

struct vm;

/*
 * driver_needs_meet() - let the initrd have the modules of what @vm was given.
 * @made: takes a descriptor, to be kept for as long as the machine runs, when another initrd had to
 *        be made
 *
 * Where the modules of the kernel are beside it, lib/modules/VERSION, those
 * that are neither in the initrd nor in the kernel are added in a copy of it.
 * Else that is what a warning says. An initrd that is compressed may have them.
 *
 * Return: 0, or negative after printing a line.
 */
int driver_needs_meet(struct vm *vm, int *made);

/* vm_use_initrd() - the VMM finds it where we have it open. Return: 0, or negative after a line. */
int vm_use_initrd(struct vm *vm, int fd);

#endif
