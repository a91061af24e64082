/* SPDX-License-Identifier: MIT */
/* What a request does not say, but a machine needs. */
#include "complete.h"

#include <string.h>

#include "contract.h"
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

#define FIRST_FREE_PORT 1024 /* those below are root's, LAST_RESERVED_PORT */

static int check_config(const struct vmconfig *cfg)
{
	struct problems problems = {0};
	int r = config_check(cfg, NULL, &problems);

	if (r < 0)
		print_problems("rendered config", &problems);
	problems_release(&problems);
	return r;
}

static bool asks_for_vsock(const struct vmconfig *cfg)
{
	const struct report *report = cfg->report;

	return report && report->channel && strcmp(report->channel, "vsock") == 0;
}

/*
 * The port is the guest's own on this host, for all machines listen on one and the same host: that
 * of a small context id is not where people put their services.
 */
static int choose_port(struct vmconfig *cfg, int64_t cid)
{
	uint32_t port = VSOCK_REPORT_PORT ^ (uint32_t)cid;

	if (cfg->report->port.set)
		return 0;
	if (port < FIRST_FREE_PORT || port == UINT32_MAX)
		return fail("--vsock: there is no port for the reports of context id %lld: choose "
		            "another",
		            (long long)cid);
	cfg->report->port = (struct optint){true, port};
	return 0;
}

static int choose_channel(struct request *r, const struct vmm_kind *kind, bool attended)
{
	bool ports = kind->features & VMM_PORTS;
	const char *channel = ports ? "virtio-serial" : "console";
	bool vsock = attended && r->vm.vsock_cid.set && (!ports || asks_for_vsock(&r->config));
	int result;

	if (asks_for_vsock(&r->config) && !vsock && attended)
		return fail(
		    "the config's report.channel is 'vsock', and the machine has none: --vsock "
		    "gives it one");
	if (asks_for_vsock(&r->config) && !vsock)
		warn("the report comes on %s, not by vsock as the config's report.channel has it",
		     channel);
	result =
	    report_config_set(&r->config, vsock ? "vsock" : channel, !ports || vsock || !attended);

	return result == 0 && vsock ? choose_port(&r->config, r->vm.vsock_cid.value) : result;
}

int request_complete(struct request *r, const struct vmm_kind *kind, bool attended)
{
	int result = network_complete(r, kind);

	if (result == 0)
		result = choose_channel(r, kind, attended);
	return result < 0 ? result : check_config(&r->config);
}

uint32_t request_report_port(const struct vmconfig *cfg)
{
	return asks_for_vsock(cfg) ? (uint32_t)cfg->report->port.value : 0;
}

int64_t request_stop_timeout(const struct vmconfig *cfg)
{
	bool systemd = cfg->init_mode == INIT_MODE_SYSTEMD;

	if (cfg->stop_timeout.set)
		return cfg->stop_timeout.value + (systemd ? FORCED_STOP_S : 0);
	return systemd ? DEFAULT_INIT_STOP_S + FORCED_STOP_S : DEFAULT_STOP_S;
}
