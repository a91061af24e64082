/* SPDX-License-Identifier: MIT */
/* The life of a VM as seen from outside: its streams, its reports, its end. */
#ifndef VMCONFIG_RELAY_H
#define VMCONFIG_RELAY_H

#include <stdbool.h>
#include <stdint.h>

struct report_door;
struct vmm;

/* What a virtual machine needs beside its streams that runs as a service. */
struct attendance {
	int listener; /* a connection to it asks for a stop and is never taken; -1: none */
	/* Without ports: the guest's console is what the VMM itself says, and reports that come
	 * there are behind this. NULL: there are ports. */
	const char *nonce;
	struct report_door *door; /* the guest connects to report; NULL: on the port, or console */
	void (*started)(struct attendance *a);  /* the workload runs */
	void (*stopping)(struct attendance *a); /* the guest is to stop */
	/* While the guest is not connected: how to ask it to stop. -EOPNOTSUPP: there is no way,
	 * kill it; another negative value: that has failed, the same. */
	int (*ask)(struct attendance *a);
	bool stopped; /* it was asked to stop */
};

struct relay_options {
	bool interactive;        /* pass standard input on */
	bool terminal;           /* the workload has one: ours takes part in it */
	bool verbose;            /* the console and the guest's phases on standard error */
	bool timing;             /* a table of it on standard error in the end */
	const char *timing_file; /* the same for programs, or NULL */
	int64_t timeout_s;       /* stop the guest after that time; 0: never */
	int64_t stop_timeout_s;  /* what the guest gives its workload to stop */
	/* The workload has been started: 0, or negative, after which the guest is stopped. */
	int (*started)(const struct relay_options *options, const struct vmm *vmm, int signals);
	const void *context;           /* for started() */
	struct attendance *attendance; /* NULL: somebody waits for vmconfig itself */
};

/*
 * relay_run() - be the workload's standard streams until the VM has ended.
 * @vmm:     started
 * @signals: of stop_signals_open()
 *
 * The first signal stops the guest gracefully, a second SIGINT or SIGTERM kills it.
 *
 * Return: the exit status, after printing why when it is not the workload's own.
 */
int relay_run(struct vmm *vmm, int signals, const struct relay_options *options);

#endif
