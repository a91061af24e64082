/* SPDX-License-Identifier: MIT */
/*
 * What can be asked of the kernel for one interface. All may be repeated:
 * what stands already is replaced by itself. Each returns 0 or -errno, with
 * the kernel's own words in nl->reason.
 */
#ifndef VMCONFIG_NET_REQUEST_H
#define VMCONFIG_NET_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "net_plan.h"
#include "netlink.h"

int net_set_up(struct netlink *nl, int ifindex, bool up);
int net_set_mtu(struct netlink *nl, int ifindex, uint32_t mtu);

/* net_rename() - the interface must be down. */
int net_rename(struct netlink *nl, int ifindex, const char *name);

/* net_add_address() - IPv6 without duplicate detection, so that it can be used at once. */
int net_add_address(struct netlink *nl, int ifindex, const struct ipaddr *address);

/* net_add_route() - into the main table; the interface must be up. */
int net_add_route(struct netlink *nl, int ifindex, const struct route_plan *route);

#endif
