/* SPDX-License-Identifier: MIT */
/* The network: lo always, and the NICs that the config describes. */
#include <errno.h>

#include "cleanup.h"
#include "guest.h"
#include "net_plan.h"
#include "net_setup.h"

int phase_network(struct guest *g)
{
	_cleanup_(net_plan_release) struct net_plan plan;
	int r = net_plan_make(&plan, &g->config);

	if (r == -EINVAL)
		return guest_error(g, 0, "config.json: %s", plan.error);
	if (r < 0)
		return guest_error(g, -r, "cannot plan the network");
	return net_setup(g, &plan, g->cmdline.wait_ms);
}
