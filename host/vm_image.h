/* SPDX-License-Identifier: MIT */
/* OCI's vm.image: the disk with the guest's own root. */
#ifndef VMCONFIG_VM_IMAGE_H
#define VMCONFIG_VM_IMAGE_H

struct request;
struct vm_disk;
struct vmm_kind;

/* The serial under which a machine has it. */
#define VM_IMAGE_SERIAL "vmconfig-guest"

/*
 * vm_image_configure() - have the config name the disk, if @r has a vm.image, by its serial.
 * Return: 0 or -ENOMEM.
 */
int vm_image_configure(struct request *r);

/*
 * vm_image_attach() - the disk itself: read-only, behind all others, so that their letters stay.
 * @kind: where disks have no serials, the config names it by its letter
 *
 * Return: 0, or negative after printing a line.
 */
int vm_image_attach(struct request *r, const struct vmm_kind *kind);

/* vm_image_or_disk() - what a disk is called in messages. */
const char *vm_image_or_disk(const struct vm_disk *disk);

#endif
