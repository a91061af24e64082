/* SPDX-License-Identifier: MIT */
/* What the workload is not to see, and what it is not to change. */
#ifndef VMCONFIG_PATH_MASKS_H
#define VMCONFIG_PATH_MASKS_H

struct guest;

/*
 * path_masks_apply() - cover masked_paths, make readonly_paths read-only; those that are not there
 * are skipped.
 *
 * Return: 0, or negative after guest_error().
 */
int path_masks_apply(struct guest *g);

#endif
