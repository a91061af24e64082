/* SPDX-License-Identifier: MIT */
/*
 * The config's mounts, in the order of its list; then what goes into them:
 * device nodes and files; then what is taken away from the workload.
 */
#include <errno.h>

#include "cgroup.h"
#include "device_nodes.h"
#include "guest.h"
#include "log.h"
#include "mount_apply.h"
#include "mount_plan.h"
#include "path_masks.h"
#include "propagation.h"
#include "root_files.h"

static int apply_plan(struct guest *g, const struct mount_plan *plan)
{
	char text[MOUNT_TEXT_SIZE];

	for (size_t i = 0; i < plan->count; i++) {
		int r;

		log_debug("%s", mount_step_text(&plan->items[i], text));
		r = mount_apply(g, &plan->items[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int mount_all(struct guest *g)
{
	struct mount_plan plan = {0};
	char error[MOUNT_TEXT_SIZE];
	int r = mount_plan_make(&plan, &g->config, error);

	if (r == -ENOMEM)
		guest_error(g, ENOMEM, "cannot plan the mounts");
	else if (r < 0)
		guest_error(g, 0, "%s", error);
	else
		r = apply_plan(g, &plan);
	mount_plan_release(&plan);
	return r;
}

int phase_mounts(struct guest *g)
{
	int r;

	/* While it can still be written: a mount, or a path, may make it read-only. */
	if (g->config.init_mode != INIT_MODE_SYSTEMD &&
	    (g->config.mounts.count || g->config.readonly_paths.count))
		cgroup_prepare();
	r = mount_all(g);
	if (r == 0)
		r = device_nodes_make(g);
	if (r == 0)
		r = root_files_put(g);
	if (r == 0)
		r = path_masks_apply(g);
	/* In a root of the guest's own this one is still to be moved, which a shared one cannot be.
	 */
	return r < 0 || g->config.guest_root ? r : propagation_set(g, g->root_fd);
}
