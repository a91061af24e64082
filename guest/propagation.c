/* SPDX-License-Identifier: MIT */
/* Whether mounts made in the workload's root show up in copies of it, and the other way round. */
#include "propagation.h"

#include <sys/mount.h>

#include "guest.h"
#include "mount_plan.h"
#include "mount_tree.h"

/* By the place of the word in the config's table. */
static const struct mount_change propagations[] = {
    {0}, {0, 0, MS_SHARED}, {0, 0, MS_SLAVE}, {0, 0, MS_PRIVATE}, {0, 0, MS_UNBINDABLE},
};

int propagation_set(struct guest *g, int root_fd)
{
	int r = tree_change(root_fd, &propagations[g->config.rootfs_propagation], false);

	return r < 0 ? guest_error(g, -r, "cannot set rootfs_propagation") : 0;
}
