/* SPDX-License-Identifier: MIT */
/*
 * QEMU's user-mode network (slirp) made to fit a guest's addresses: it is told
 * the network, who the gateway is, and where its name server answers, so that
 * what the config says is right.
 */
#ifndef VMCONFIG_USER_NET_H
#define VMCONFIG_USER_NET_H

#include <netinet/in.h>

struct interface;
struct strlist;

/* One family; all "" when the guest has no address of it. */
struct user_net_side {
	char guest[INET6_ADDRSTRLEN];
	char net[INET6_ADDRSTRLEN + 4]; /* ADDRESS/PREFIX, no bits behind the prefix */
	char host[INET6_ADDRSTRLEN];    /* the gateway; packets to it go to the host's loopback */
	char dns[INET6_ADDRSTRLEN];     /* answers for the host's own name server */
};

struct user_net {
	struct user_net_side v4;
	struct user_net_side v6;
};

/*
 * user_net_plan() - from a NIC's first IPv4 and first IPv6 address.
 * @nic: its addresses and gateways count
 * @dns: the guest's name servers; one within the network is where slirp's answers
 *
 * A gateway outside the NIC's network widens what slirp calls the network
 * until it is within: the guest does not see that.
 *
 * Return: 0, or negative after printing a line.
 */
int user_net_plan(struct user_net *net, const struct interface *nic, const struct strlist *dns);

#endif
