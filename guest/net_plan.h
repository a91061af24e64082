/* SPDX-License-Identifier: MIT */
/* What the network is to be: the config's words as numbers for the kernel. Asks no kernel. */
#ifndef VMCONFIG_NET_PLAN_H
#define VMCONFIG_NET_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipaddr.h"
#include "vmconfig.h"

struct route_plan {
	struct ipaddr to;
	struct ipaddr via; /* family 0: none */
	uint32_t metric;   /* 0: the kernel's default */
	bool onlink;
};

struct nic_plan {
	const char *name; /* of the config, or NULL */
	bool has_mac;
	unsigned char mac[6];
	uint32_t mtu; /* 0: as it is */
	struct ipaddr *addresses;
	size_t address_count;
	struct route_plan *routes; /* each one's gateway is reached by those before it */
	size_t route_count;
	int ifindex; /* 0: not found yet; set by nics_match() */
};

struct net_plan {
	struct nic_plan *nics;
	size_t count;
	char error[256]; /* "<json pointer>: <what is wrong>" */
};

/*
 * net_plan_make() - from the config's interfaces, or from its guest_* fields when there are none.
 * @plan: overwritten; to be released whatever the result; keeps pointers into @cfg
 *
 * A default gateway outside every subnet of its NIC becomes an onlink route.
 * The second and later NICs with one of a family get it with a growing
 * metric: the first is preferred, none takes another's place.
 *
 * Return: 0, -EINVAL with @plan->error, or -ENOMEM.
 */
int net_plan_make(struct net_plan *plan, const struct vmconfig *cfg);
void net_plan_release(struct net_plan *plan);

#endif
