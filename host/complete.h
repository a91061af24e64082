/* SPDX-License-Identifier: MIT */
/* What a request does not say, but a machine needs. */
#ifndef VMCONFIG_COMPLETE_H
#define VMCONFIG_COMPLETE_H

#include <stdbool.h>
#include <stdint.h>

struct request;
struct vmconfig;
struct vmm_kind;

/*
 * request_complete() - the network, and where the guest reports, as @kind can have it.
 * @attended: by an attendant, which listens for a guest that is to report by vsock; else `run`
 *            has a nonce on a VMM with ports, too, for lines that do not get through one
 *
 * A guest reports on the port where the family has one; else by vsock, where there is a device, or
 * where the config asks for that; else on the console.
 *
 * The whole is checked once more: what was right before may not be so with what is added.
 *
 * Return: 0, or negative after printing a line.
 */
int request_complete(struct request *r, const struct vmm_kind *kind, bool attended);

/* request_report_port() - the host's port by vsock, or 0 when it reports otherwise. */
uint32_t request_report_port(const struct vmconfig *cfg);

/* request_stop_timeout() - seconds that the guest takes at most to stop its workload. */
int64_t request_stop_timeout(const struct vmconfig *cfg);

#endif
