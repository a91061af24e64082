/* SPDX-License-Identifier: MIT */
/* From the config's root to what is to be mounted; pure. */
#include "root_plan.h"

#include <stddef.h>

#include "contract.h"
#include "vmconfig.h"

struct root_plan root_plan(const struct root *root, bool fallback_free)
{
	struct root_plan plan = {.device = ROOT_LOWER_FALLBACK, .layer = ROOT_LAYER_TMPFS};

	if (!root) {
		if (fallback_free) {
			plan.layer = ROOT_LAYER_DEVICE;
			plan.upper_device = ROOT_UPPER_FALLBACK;
		}
		return plan;
	}
	if (root->device)
		plan.device = root->device;
	plan.fstype = root->fstype;
	plan.options = &root->options;
	if (root->mode == VOLUME_RW) {
		plan.layer = ROOT_LAYER_NONE;
	} else if (root->overlay_device) {
		plan.layer = ROOT_LAYER_DEVICE;
		plan.upper_device = root->overlay_device;
	}
	plan.readonly = root->mode == VOLUME_RO;
	plan.grow = root->grow;
	plan.errors = root->errors;
	return plan;
}
