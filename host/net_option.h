/* SPDX-License-Identifier: MIT */
/* --net: one NIC on the command line. */
#ifndef VMCONFIG_NET_OPTION_H
#define VMCONFIG_NET_OPTION_H

#include <stdbool.h>

#include "vm.h"

struct option_row;

/* NICs as they were given; the guest's side and the VMM's side of each, at the same place. */
struct net_options {
	struct interface *interfaces;
	struct vm_nic *nics;
	size_t count;
	struct strlist dns; /* of all NICs, in order */
};

/*
 * net_option_add() - read "ip=ADDR/PREFIX[,ip=…][,gw=][,gw6=][,dns=][,mac=][,mtu=][,name=][,tap=]
 * [,macvtap=][,link=][,mode=]".
 * @row: the option, for messages
 *
 * Return: 0, or negative after printing a line.
 */
int net_option_add(const struct option_row *row, struct net_options *list, const char *value);

/* net_options_apply() - put the NICs and the name servers @dns into @cfg, in place of its own. */
int net_options_apply(struct net_options *list, const struct strlist *dns, struct vmconfig *cfg,
                      struct vm *vm);

void net_options_release(struct net_options *list);

#endif
