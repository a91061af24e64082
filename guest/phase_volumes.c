/* SPDX-License-Identifier: MIT */
/* Volumes, mounted into the new root; one that cannot be had stops the boot. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "device.h"
#include "filesystem.h"
#include "guest.h"
#include "mountpoint.h"
#include "volume_plan.h"

static int mount_layer(struct guest *g, const char *what, const char *device, const char *target,
                       bool readonly)
{
	char node[DEVICE_NODE_SIZE];
	struct block_mount m = {.what = what, .node = node, .target = target, .readonly = readonly};
	int r = device_wait(g, what, device, node);

	return r < 0 ? r : filesystem_mount(g, &m);
}

static int mount_volume(struct guest *g, const struct volume *v)
{
	_cleanup_fd_ int target = -1;
	char what[256], path[FD_PATH_SIZE];
	int r;

	snprintf(what, sizeof(what), "volume of '%.200s'", v->path);
	target = beneath_mkdirs(g->root_fd, v->path, 0755);
	if (target < 0)
		return guest_error(g, -target, "cannot make '%s' for a volume", v->path);
	fd_path(target, path);
	if (v->mode != VOLUME_OVERLAY)
		return mount_layer(g, what, v->device, path, v->mode == VOLUME_RO);
	r = mount_layer(g, what, v->device, LAYER_LOWER, true);
	if (r == 0)
		r = mount_layer(g, what, v->overlay_device, LAYER_UPPER, false);
	return r < 0 ? r : overlay_mount(g, what, path);
}

int phase_volumes(struct guest *g)
{
	_cleanup_free_ const struct volume **plan = volume_plan(&g->config);

	if (!plan)
		return guest_error(g, ENOMEM, "cannot plan the volumes");
	for (size_t i = 0; plan[i]; i++) {
		int r = mount_volume(g, plan[i]);

		if (r < 0)
			return r;
	}
	return 0;
}
