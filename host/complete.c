/* SPDX-License-Identifier: MIT */
/* What a request does not say, but a machine needs. */
#include "complete.h"

#include "error.h"
#include "network.h"
#include "places.h"
#include "problem.h"
#include "report_config.h"
#include "vm.h"
#include "vmm_kind.h"

#define DEFAULT_STOP_S 10 /* as init has it */

/* An init of the image's own takes longer: systemd gives each unit 90 s; and when that is over the
 * guest forces it to end, in two steps. */
#define DEFAULT_INIT_STOP_S 90
#define FORCED_STOP_S       30

static int check_config(const struct vmconfig *cfg)
{
	struct problems problems = {0};
	int r = config_check(cfg, NULL, &problems);

	if (r < 0)
		print_problems("rendered config", &problems);
	problems_release(&problems);
	return r;
}

int request_complete(struct request *r, const struct vmm_kind *kind, bool nonce)
{
	bool ports = kind->features & VMM_PORTS;
	int result = network_complete(r, kind);

	if (result == 0)
		result = report_config_set(&r->config, ports ? "virtio-serial" : "console",
		                           nonce || !ports);
	return result < 0 ? result : check_config(&r->config);
}

int64_t request_stop_timeout(const struct vmconfig *cfg)
{
	bool systemd = cfg->init_mode == INIT_MODE_SYSTEMD;

	if (cfg->stop_timeout.set)
		return cfg->stop_timeout.value + (systemd ? FORCED_STOP_S : 0);
	return systemd ? DEFAULT_INIT_STOP_S + FORCED_STOP_S : DEFAULT_STOP_S;
}
