/* SPDX-License-Identifier: MIT */
/* The memory of the initramfs. */
#ifndef VMCONFIG_INITRAMFS_H
#define VMCONFIG_INITRAMFS_H

struct guest;

/*
 * initramfs_empty() - remove what the root was that has been left.
 *
 * Nothing waits for its memory, some hundred pages, and the workload need not
 * wait until they are free.
 */
void initramfs_empty(struct guest *g);

#endif
