/* SPDX-License-Identifier: MIT */
/*
 * The root filesystem, put together at NEWROOT.
 *
 *   rw       the device itself
 *   overlay  the device read-only below; above it overlay_device, or a tmpfs
 *   ro       as overlay on a tmpfs, made read-only once the machine's files and
 *            mount points are in: a read-only image need not have them
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cleanup.h"
#include "container.h"
#include "contract.h"
#include "device.h"
#include "ext4.h"
#include "filesystem.h"
#include "furnish.h"
#include "guest.h"
#include "mount_plan.h"
#include "mountpoint.h"
#include "overlay.h"
#include "root_plan.h"

static bool is_fallback_upper(const char *spec)
{
	char node[DEVICE_NODE_SIZE];

	return spec && device_find(spec, node) == 0 && device_same(node, ROOT_UPPER_FALLBACK);
}

/* Whether the seed's /dev/vdb is the root's writable layer: not when a volume or a mount claims
 * that device, nor with a root of the guest's own, which may be it or on it. */
static bool fallback_upper_is_free(const struct guest *g)
{
	const struct vmconfig *cfg = &g->config;
	dev_t number;

	if (cfg->guest_root || device_number(ROOT_UPPER_FALLBACK, &number) < 0)
		return false;
	for (size_t i = 0; i < cfg->volume_mounts.count; i++)
		if (is_fallback_upper(cfg->volume_mounts.items[i].device) ||
		    is_fallback_upper(cfg->volume_mounts.items[i].overlay_device))
			return false;
	for (size_t i = 0; i < cfg->mounts.count; i++)
		if (mount_names_device(cfg->mounts.items[i].source) &&
		    is_fallback_upper(cfg->mounts.items[i].source))
			return false;
	return true;
}

/* @fd: what is mounted, or negative after guest_error() */
static int grow(struct guest *g, const struct block_mount *m, int fd)
{
	return fd < 0 ? fd : ext4_grow(g, m->what, m->node, fd);
}

static int mount_device(struct guest *g, const struct root_plan *plan, const char *target)
{
	char node[DEVICE_NODE_SIZE];
	struct block_mount m = {
	    .what = "root filesystem",
	    .node = node,
	    .target = target,
	    .fstype = plan->fstype,
	    .options = plan->options,
	    .readonly = plan->layer != ROOT_LAYER_NONE,
	    .errors = plan->errors,
	};
	_cleanup_fd_ int mounted = -1;
	int r = device_wait(g, m.what, plan->device, node);

	if (r == 0)
		r = filesystem_mount(g, &m);
	if (r < 0 || !plan->grow || plan->layer != ROOT_LAYER_NONE)
		return r;
	/* By its place anew: the descriptor that it was mounted by is of what it hides. */
	mounted = container_place(g);
	return grow(g, &m, mounted);
}

static int mount_upper(struct guest *g, const struct root_plan *plan)
{
	char node[DEVICE_NODE_SIZE];
	struct block_mount m = {
	    .what = "root's writable layer",
	    .node = node,
	    .target = LAYER_UPPER,
	    .errors = plan->errors,
	};
	_cleanup_fd_ int mounted = -1;
	int r;

	if (plan->layer == ROOT_LAYER_TMPFS)
		return overlay_tmpfs(g, m.what);
	r = device_wait(g, m.what, plan->upper_device, node);
	if (r == 0)
		r = filesystem_mount(g, &m);
	if (r < 0 || !plan->grow)
		return r;
	mounted = open(LAYER_UPPER, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return grow(g, &m,
	            mounted < 0 ? guest_error(g, errno, "cannot open the %s", m.what) : mounted);
}

static int mount_root(struct guest *g, const struct root_plan *plan, const char *target)
{
	int r = mount_device(g, plan, plan->layer == ROOT_LAYER_NONE ? target : LAYER_LOWER);

	if (plan->layer == ROOT_LAYER_NONE)
		return r;
	if (r == 0)
		r = mount_upper(g, plan);
	return r < 0 ? r : overlay_mount(g, "root filesystem", target);
}

int phase_root(struct guest *g)
{
	const bool upper_is_free = g->config.root ? false : fallback_upper_is_free(g);
	const struct root_plan plan = root_plan(g->config.root, upper_is_free);
	_cleanup_fd_ int place = -1;
	char path[FD_PATH_SIZE];
	int r = overlay_prepare(g);

	if (r < 0)
		return r;
	place = container_place(g);
	r = place < 0 ? place : mount_root(g, &plan, fd_path(place, path));
	if (r < 0)
		return r;
	g->root_readonly = plan.readonly;
	g->root_fd = container_place(g);
	return g->root_fd < 0 ? g->root_fd : furnish_root(g);
}
