/* SPDX-License-Identifier: MIT */
/*
 * The guest's own root, put together at NEWROOT, when the config has one: its
 * device, which is never written to, below a tmpfs. init and an agent stay in
 * it; the workload's root is mounted inside it, and is all that the workload
 * sees (container.c).
 */
#include <errno.h>
#include <fcntl.h>

#include "device.h"
#include "filesystem.h"
#include "furnish.h"
#include "guest.h"
#include "overlay.h"
#include "partition.h"

static const char what[] = "guest's own root";

static int mount_device(struct guest *g, const struct guest_root *root)
{
	char node[DEVICE_NODE_SIZE];
	const struct block_mount m = {
	    .what = what,
	    .node = node,
	    .target = LAYER_LOWER,
	    .fstype = root->fstype,
	    .options = &root->options,
	    .readonly = true,
	};
	int r = device_wait(g, what, root->device, node);

	if (r == 0)
		r = partition_choose(g, what, root->fstype, node);
	return r < 0 ? r : filesystem_mount(g, &m);
}

int phase_guest_root(struct guest *g)
{
	const struct guest_root *root = g->config.guest_root;
	int r;

	if (!root)
		return 0;
	r = overlay_prepare(g);
	if (r == 0)
		r = mount_device(g, root);
	if (r == 0)
		r = overlay_tmpfs(g, what);
	if (r == 0)
		r = overlay_mount(g, what, NEWROOT);
	if (r < 0)
		return r;
	g->own_root_fd = open(NEWROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (g->own_root_fd < 0)
		return guest_error(g, errno, "cannot open the %s", what);
	return furnish_own_root(g);
}
