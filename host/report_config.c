/* SPDX-License-Identifier: MIT */
/* The part of a config that says where the guest reports. */
#include "report_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "error.h"
#include "vmconfig.h"

static int make_nonce(char **nonce)
{
	unsigned char random[16];
	char text[2 * sizeof(random) + 1];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return fail_errno(errno, "cannot get random bytes");
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(text + 2 * i, 3, "%02x", random[i]);
	*nonce = strdup(text);
	return *nonce ? 0 : fail_errno(ENOMEM, "cannot complete the config");
}

int report_config_set(struct vmconfig *cfg, const char *channel, bool nonce)
{
	struct report *report = cfg->report;

	if (!report)
		report = cfg->report = calloc(1, sizeof(*report));
	if (!report)
		return fail_errno(ENOMEM, "cannot complete the config");
	free(report->channel);
	free(report->nonce);
	report->nonce = NULL;
	report->channel = strdup(channel);
	if (!report->channel)
		return fail_errno(ENOMEM, "cannot complete the config");
	return nonce ? make_nonce(&report->nonce) : 0;
}
