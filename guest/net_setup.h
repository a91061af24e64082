/* SPDX-License-Identifier: MIT */
/* Making the network what the plan says. */
#ifndef VMCONFIG_NET_SETUP_H
#define VMCONFIG_NET_SETUP_H

#include "guest.h"
#include "net_plan.h"

/*
 * net_setup() - bring up lo, find the plan's NICs, name, address and route them.
 * @plan:    its nics get their ifindex
 * @wait_ms: milliseconds that NICs may take to appear
 *
 * Return: 0, or negative after guest_error().
 */
int net_setup(struct guest *g, struct net_plan *plan, int wait_ms);

#endif
