/* SPDX-License-Identifier: MIT */
/* Volumes, mounted into the new root; one that cannot be had stops the boot. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "device.h"
#include "ext4.h"
#include "filesystem.h"
#include "guest.h"
#include "mountpoint.h"
#include "overlay.h"
#include "volume_plan.h"

struct layer {
	const struct volume *volume;
	const char *what; /* in messages */
	const char *device;
	bool readonly;
};

/* @node: takes the device's */
static int mount_layer(struct guest *g, const struct layer *l, const char *target,
                       char node[DEVICE_NODE_SIZE])
{
	const struct block_mount m = {
	    .what = l->what,
	    .node = node,
	    .target = target,
	    .readonly = l->readonly,
	    .format = l->readonly ? FORMAT_NONE : l->volume->format,
	    .errors = l->volume->errors,
	};
	int r = device_wait(g, l->what, l->device, node);

	return r < 0 ? r : filesystem_mount(g, &m);
}

/* @fd: what is mounted, or a negative errno */
static int grow(struct guest *g, const struct layer *l, const char *node, int fd)
{
	if (fd < 0)
		return guest_error(g, -fd, "cannot open the %s", l->what);
	return ext4_grow(g, l->what, node, fd);
}

static int mount_overlay(struct guest *g, const struct layer *l, const char *target)
{
	const struct volume *v = l->volume;
	const struct layer lower = {v, l->what, v->device, true};
	const struct layer upper = {v, l->what, v->overlay_device, false};
	_cleanup_fd_ int fd = -1;
	char node[DEVICE_NODE_SIZE];
	int r = mount_layer(g, &lower, LAYER_LOWER, node);

	if (r == 0)
		r = mount_layer(g, &upper, LAYER_UPPER, node);
	if (r == 0 && v->grow) {
		fd = open(LAYER_UPPER, O_PATH | O_DIRECTORY | O_CLOEXEC);
		r = grow(g, &upper, node, fd < 0 ? -errno : fd);
	}
	return r < 0 ? r : overlay_mount(g, l->what, target);
}

static int mount_volume(struct guest *g, const struct volume *v)
{
	_cleanup_fd_ int target = -1, mounted = -1;
	char what[256], path[FD_PATH_SIZE], node[DEVICE_NODE_SIZE];
	const struct layer layer = {v, what, v->device, v->mode == VOLUME_RO};
	int r;

	snprintf(what, sizeof(what), "volume of '%.200s'", v->path);
	target = beneath_mkdirs(g->root_fd, v->path, 0755);
	if (target < 0)
		return guest_error(g, -target, "cannot make '%s' for a volume", v->path);
	fd_path(target, path);
	if (v->mode == VOLUME_OVERLAY)
		return mount_overlay(g, &layer, path);
	r = mount_layer(g, &layer, path, node);
	if (r < 0 || !v->grow)
		return r;
	mounted = beneath_open(g->root_fd, v->path, O_PATH | O_DIRECTORY, 0);
	return grow(g, &layer, node, mounted);
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
