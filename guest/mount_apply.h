/* SPDX-License-Identifier: MIT */
/* Doing what a mount plan says. */
#ifndef VMCONFIG_MOUNT_APPLY_H
#define VMCONFIG_MOUNT_APPLY_H

struct guest;
struct mount_step;

/* mount_apply() - one step, in the new root. Return: 0, or negative after guest_error(). */
int mount_apply(struct guest *g, const struct mount_step *step);

#endif
