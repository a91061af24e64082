/* SPDX-License-Identifier: MIT */
/* The network interfaces there are, and which of them the plan means. */
#ifndef VMCONFIG_NET_NICS_H
#define VMCONFIG_NET_NICS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "net_plan.h"
#include "netlink.h"

struct nic {
	int ifindex;
	char name[IFNAMSIZ];
	bool has_mac;
	unsigned char mac[6];
	bool is_port; /* belongs to a bridge, bond or failover device, which has its MAC address */
	bool is_nic;  /* a network card, as opposed to lo, tunnels and what else the kernel makes */
};

/* By ifindex, upwards. */
struct nics {
	struct nic *items;
	size_t count;
};

#define MAC_TEXT 18

/* How a part of the plan says which NIC it means. */
enum match_by { MATCH_MAC, MATCH_NAME, MATCH_ORDER };

enum match_by nic_plan_match_by(const struct nic_plan *wanted);

/* nics_read() - ask the kernel. @nics is replaced. Return: 0 or -errno. */
int nics_read(struct netlink *nl, struct nics *nics);
void nics_release(struct nics *nics);

const struct nic *nics_find(const struct nics *nics, int ifindex);
const struct nic *nics_find_name(const struct nics *nics, const char *name);

/*
 * nics_match() - set ifindex in those parts of the plan that name their NIC in this way.
 * @by: to be gone through in the order of the enum: each takes from what the earlier left
 *
 * Return: the first part that stays without, or NULL.
 */
const struct nic_plan *nics_match(const struct nics *nics, struct net_plan *plan, enum match_by by);

/* mac_format() - as in "52:54:00:12:34:56". Return: @text. */
char *mac_format(const unsigned char mac[6], char text[MAC_TEXT]);

#endif
