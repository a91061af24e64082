/* SPDX-License-Identifier: MIT */
/* What a root filesystem is given before anything is mounted into it. */
#ifndef VMCONFIG_FURNISH_H
#define VMCONFIG_FURNISH_H

struct guest;

/*
 * furnish_root() - bind /proc, /sys, /dev and /run into the workload's root, and see to /tmp.
 *
 * Before the volumes, so that one below /run or /tmp is not covered. Inside a
 * root of the guest's own, whose /run is init's, it has another /run.
 *
 * Return: 0, or negative after guest_error().
 */
int furnish_root(struct guest *g);

/* furnish_own_root() - the same for the guest's own root. */
int furnish_own_root(struct guest *g);

/* furnish_release() - drop the initramfs's own mounts of the four; they live on in the new root. */
void furnish_release(void);

#endif
