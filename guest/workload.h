/* SPDX-License-Identifier: MIT */
/* The workload: what is executed, as whom, with which streams. */
#ifndef VMCONFIG_WORKLOAD_H
#define VMCONFIG_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "stream.h"
#include "terminal.h"

struct guest;

enum { STREAM_STDIN, STREAM_STDOUT, STREAM_STDERR, STREAM_COUNT };

struct workload {
	pid_t pid;          /* 0: not running */
	int64_t started_us; /* when its program was executed, by clock_us() */
	struct stream streams[STREAM_COUNT];
	struct terminal terminal;
	/* When the program could not be executed: as a shell would count it, and why. Else 0. */
	int status;
	char error[512];
};

/* The one workload there is; phase_workload() starts it and supervise() stays with it. */
extern struct workload workload;

#endif
