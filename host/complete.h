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
 * @nonce: the guest's reports are to be told from other lines, also on a VMM with ports
 *
 * The whole is checked once more: what was right before may not be so with what is added.
 *
 * Return: 0, or negative after printing a line.
 */
int request_complete(struct request *r, const struct vmm_kind *kind, bool nonce);

/* request_stop_timeout() - seconds that the guest takes at most to stop its workload. */
int64_t request_stop_timeout(const struct vmconfig *cfg);

#endif
