/* SPDX-License-Identifier: MIT */
/* Two filesystems as one: what is written goes into the upper of the two. */
#ifndef VMCONFIG_OVERLAY_H
#define VMCONFIG_OVERLAY_H

struct guest;

/* overlay_prepare() - make the directories of guest.h in the initramfs. Return: 0, or negative
 * after guest_error(), as of all that follow. */
int overlay_prepare(struct guest *g);

/* overlay_tmpfs() - mount memory at LAYER_UPPER. @what: what it is, in the message */
int overlay_tmpfs(struct guest *g, const char *what);

/*
 * overlay_mount() - join LAYER_LOWER and LAYER_UPPER at @target, then take the two out of the tree.
 * The upper filesystem stays within reach in g->pins.
 */
int overlay_mount(struct guest *g, const char *what, const char *target);

#endif
