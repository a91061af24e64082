/* SPDX-License-Identifier: MIT */
/* Disk images that consist of other files as well. */
#ifndef VMCONFIG_DISK_REFERENCE_H
#define VMCONFIG_DISK_REFERENCE_H

#include <stdbool.h>

#include "vm.h"

/* disk_can_refer() - whether images of the format may name other files. */
bool disk_can_refer(enum vm_image_format format);

/*
 * disk_refers() - whether a VMM that opens the image would open a file that the image names.
 * @fd: the image, as one of @format
 *
 * qcow2 has backing files and external data files, vmdk has parents and extents; the other formats
 * have nothing of the kind that a VMM of ours would follow. Sources: QEMU's docs/interop/qcow2,
 * VMware's Virtual Disk Format 1.1.
 *
 * Return: 1, 0, or -errno.
 */
int disk_refers(int fd, enum vm_image_format format);

/*
 * disk_guess() - what a VMM takes a raw disk for that is told no format.
 * @name: "a qcow2 image", …; NULL: a raw disk
 *
 * Whoever writes a disk's first bytes, a guest among them, chooses by these what it is the next
 * time, and qcow2 images and composite disks name files of the host. Source: crosvm's
 * detect_image_type(); kvmtool knows qcow2 alone.
 *
 * Return: 0 or -errno.
 */
int disk_guess(int fd, const char **name);

#endif
