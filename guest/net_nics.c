/* SPDX-License-Identifier: MIT */
/* The network interfaces there are. */
#include "net_nics.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "list.h"

#define MAX_DUMPS 10 /* of a table that changes all the time */

/* Hardware has no kind. A veth is what stands for it in a network namespace. */
static bool is_card(const struct nlmsghdr *m, const struct ifinfomsg *link)
{
	size_t size;
	const void *info = netlink_find_in(m, sizeof(*link), IFLA_LINKINFO, &size);
	const char *kind = info ? netlink_find(info, size, IFLA_INFO_KIND, &size) : NULL;

	if (link->ifi_type != ARPHRD_ETHER)
		return false;
	return !kind || (size >= 4 && strncmp(kind, "veth", size) == 0);
}

static int add_nic(const struct nlmsghdr *m, void *data)
{
	struct nics *nics = data;
	struct ifinfomsg link;
	struct nic *items, *nic;
	const void *value;
	size_t size;

	if (m->nlmsg_type != RTM_NEWLINK || m->nlmsg_len < NLMSG_LENGTH(sizeof(link)))
		return 0;
	memcpy(&link, (const char *)m + NLMSG_HDRLEN, sizeof(link));
	items = list_grow(nics->items, nics->count, sizeof(*items));
	if (!items)
		return -ENOMEM;
	nics->items = items;
	nic = &items[nics->count++];
	*nic = (struct nic){.ifindex = link.ifi_index, .is_nic = is_card(m, &link)};
	value = netlink_find_in(m, sizeof(link), IFLA_IFNAME, &size);
	if (value)
		snprintf(nic->name, sizeof(nic->name), "%.*s", (int)size, (const char *)value);
	value = netlink_find_in(m, sizeof(link), IFLA_ADDRESS, &size);
	if (value && size == sizeof(nic->mac)) {
		memcpy(nic->mac, value, size);
		nic->has_mac = true;
	}
	nic->is_port = netlink_find_in(m, sizeof(link), IFLA_MASTER, &size) != NULL;
	return 0;
}

static int compare_nics(const void *a, const void *b)
{
	const struct nic *x = a, *y = b;

	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

int nics_read(struct netlink *nl, struct nics *nics)
{
	const struct ifinfomsg all = {.ifi_family = AF_UNSPEC};
	struct netlink_message m;
	int r = -EAGAIN;

	for (int i = 0; i < MAX_DUMPS && r == -EAGAIN; i++) {
		nics_release(nics);
		netlink_begin(&m, RTM_GETLINK, 0, &all, sizeof(all));
		r = netlink_dump(nl, &m, add_nic, nics);
	}
	if (nics->count)
		qsort(nics->items, nics->count, sizeof(*nics->items), compare_nics);
	return r;
}

void nics_release(struct nics *nics)
{
	free(nics->items);
	*nics = (struct nics){0};
}

const struct nic *nics_find(const struct nics *nics, int ifindex)
{
	for (size_t i = 0; i < nics->count; i++)
		if (nics->items[i].ifindex == ifindex)
			return &nics->items[i];
	return NULL;
}

const struct nic *nics_find_name(const struct nics *nics, const char *name)
{
	for (size_t i = 0; i < nics->count; i++)
		if (strcmp(nics->items[i].name, name) == 0)
			return &nics->items[i];
	return NULL;
}

enum match_by nic_plan_match_by(const struct nic_plan *wanted)
{
	if (wanted->has_mac)
		return MATCH_MAC;
	return wanted->name ? MATCH_NAME : MATCH_ORDER;
}

static bool is_meant(const struct nic *nic, const struct nic_plan *wanted, enum match_by by)
{
	switch (by) {
	case MATCH_MAC:
		return nic->has_mac && !nic->is_port && memcmp(nic->mac, wanted->mac, 6) == 0;
	case MATCH_NAME:
		return strcmp(nic->name, wanted->name) == 0;
	case MATCH_ORDER:
		return nic->is_nic && !nic->is_port;
	}
	return false;
}

static bool is_taken(const struct net_plan *plan, int ifindex)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->nics[i].ifindex == ifindex)
			return true;
	return false;
}

const struct nic_plan *nics_match(const struct nics *nics, struct net_plan *plan, enum match_by by)
{
	const struct nic_plan *missing = NULL;

	for (size_t i = 0; i < plan->count; i++) {
		struct nic_plan *wanted = &plan->nics[i];

		if (wanted->ifindex || nic_plan_match_by(wanted) != by)
			continue;
		for (size_t k = 0; k < nics->count && !wanted->ifindex; k++)
			if (is_meant(&nics->items[k], wanted, by) &&
			    !is_taken(plan, nics->items[k].ifindex))
				wanted->ifindex = nics->items[k].ifindex;
		if (!wanted->ifindex && !missing)
			missing = wanted;
	}
	return missing;
}

char *mac_format(const unsigned char mac[6], char text[MAC_TEXT])
{
	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
	         mac[4], mac[5]);
	return text;
}
