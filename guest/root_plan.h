/* SPDX-License-Identifier: MIT */
/* From the config's root to what is to be mounted; pure. */
#ifndef VMCONFIG_ROOT_PLAN_H
#define VMCONFIG_ROOT_PLAN_H

#include <stdbool.h>

struct root;
struct strlist;

enum root_layer { ROOT_LAYER_NONE, ROOT_LAYER_TMPFS, ROOT_LAYER_DEVICE };

struct root_plan {
	const char *device;
	const char *fstype; /* NULL: probed */
	const struct strlist *options;
	enum root_layer layer;    /* what stands above the device */
	const char *upper_device; /* with ROOT_LAYER_DEVICE */
	bool readonly;            /* in the end */
	bool grow;                /* what is written to */
	int errors;               /* enum errors_policy */
};

/*
 * root_plan() - settle the defaults.
 * @root:          the config's, or NULL for the seed's layout
 * @fallback_free: without @root: whether /dev/vdb is there to be the writable layer
 */
struct root_plan root_plan(const struct root *root, bool fallback_free);

#endif
