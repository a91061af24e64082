/* SPDX-License-Identifier: MIT */
/* How a run ended, and what that means for whoever called vmconfig. */
#ifndef VMCONFIG_OUTCOME_H
#define VMCONFIG_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "report.h"

struct tail;

struct outcome {
	struct report_message end; /* exit or failed; REPORT_UNKNOWN: the guest never said */
	int killed_by;             /* the second signal, which ended it at once, or 0 */
	int64_t timed_out_s;       /* --timeout when that was what stopped it, or 0 */
	int64_t stop_limit_s;      /* how long it had to stop, when it did not, or 0 */
	bool deaf;           /* killed, as was asked: there is no way to ask its guest to stop */
	bool start_failed;   /* what was to follow the workload's start did, and has said so */
	bool power_stuck;    /* it said its last word, and stayed */
	int sink_error;      /* errno of writing standard output or error, or 0 */
	uint64_t missing;    /* bytes of output that the guest says it sent, and that never came */
	const char *program; /* the VMM's name */
	int vmm_status;      /* as waitpid(2) gives it */
	const struct tail *console;
	const struct tail *messages; /* the VMM's own */
	bool console_shown;          /* --verbose has shown it all */
};

/*
 * outcome_status() - print why, unless it is the workload's own affair.
 *
 * Return: the exit status: the workload's; 128+n when signal n ended vmconfig
 * at once, or SIGPIPE would have; 125 when vmconfig, the VM or init failed.
 */
int outcome_status(const struct outcome *o);

#endif
