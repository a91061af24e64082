/* SPDX-License-Identifier: MIT */
/* A package's machine as a service: the VMM as a child, until it has ended. */
#ifndef VMCONFIG_ATTEND_H
#define VMCONFIG_ATTEND_H

#include <stdint.h>

#include "vm.h"

struct vmm_kind;

/* In the state directory, which is where an attendant runs. */
#define CONTROL_SOCKET   "control.sock"
#define EXIT_STATUS_FILE "exit-status"

/* A connection to the control socket asks for a stop, and is cut when the machine has gone. */

struct attend_options {
	const struct vmm_kind *kind;
	const char *name;       /* the machine's */
	const char *nonce_file; /* NULL: reports come on the port */
	uint32_t report_port;   /* where the guest connects by vsock to report; 0: it does not */
	uint32_t guest_cid;     /* its own, by which it is known */
	struct strlist nics;    /* macvtap devices, "" in the place of other NICs */
	struct strlist command; /* the program first */
	struct vm vm;           /* of which the disks are looked at before each start */
	enum accel accel;       /* for a command that names none */
	bool choose_accel;      /* it does not */
	bool verbose;
	int64_t stop_timeout_s;
	int64_t timeout_s; /* 0: never */
};

/*
 * attend() - start, relay, stop, take note of the workload's status.
 *
 * It writes EXIT_STATUS_FILE, and tells the service manager when the workload runs.
 *
 * Return: the exit status: 0 after a stop that was asked for and went well, else the workload's,
 * or 125.
 */
int attend(const struct attend_options *options);

#endif
