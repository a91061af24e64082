/* SPDX-License-Identifier: MIT */
/*
 * Making the network what the plan says.
 *
 * NICs that are told by MAC address are found first and get their names, then
 * those told by name, and what is left is given out in the kernel's order: so
 * the answer does not depend on when a driver found its device.
 */
#include "net_setup.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "net_nics.h"
#include "net_request.h"
#include "netlink.h"
#include "stop_request.h"

/* A name that is nobody's, while two interfaces exchange theirs. */
#define NAME_BETWEEN "vmconfig-swap"

struct setup {
	struct guest *g;
	struct net_plan *plan;
	struct netlink nl;
	struct netlink events; /* subscribed before the first look, so that nothing is missed */
	struct nics nics;
	int wait_ms;
	int64_t deadline_us;
};

/* Pass on @r, saying what could not be done to which interface and what the kernel said. */
static int explain(struct setup *s, int r, const char *what, const char *object, const char *name)
{
	const char *reason = s->nl.reason;

	if (r >= 0)
		return 0;
	return guest_error(s->g, -r, "cannot %s%s%s%s'%s'%s%s", what, *object ? " '" : "", object,
	                   *object ? "' to " : " ", name, *reason ? ": " : "", reason);
}

static int read_nics(struct setup *s)
{
	int r = nics_read(&s->nl, &s->nics);

	return r < 0 ? guest_error(s->g, -r, "cannot list the network interfaces") : 0;
}

/* The names and MAC addresses of what there is instead, for whoever reads the error. */
static void list_nics(const struct nics *nics, char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < nics->count && n < size; i++) {
		const struct nic *nic = &nics->items[i];
		char mac[MAC_TEXT];

		if (nic->is_nic)
			n += (size_t)snprintf(text + n, size - n, "%s%s %s", n ? ", " : "",
			                      nic->name, mac_format(nic->mac, mac));
	}
}

static int report_missing(struct setup *s, const struct nic_plan *wanted)
{
	char what[64], mac[MAC_TEXT], there[256];

	switch (nic_plan_match_by(wanted)) {
	case MATCH_MAC:
		snprintf(what, sizeof(what), "with mac '%s'", mac_format(wanted->mac, mac));
		break;
	case MATCH_NAME:
		snprintf(what, sizeof(what), "named '%s'", wanted->name);
		break;
	case MATCH_ORDER:
		snprintf(what, sizeof(what), "for /interfaces/%zu",
		         (size_t)(wanted - s->plan->nics));
		break;
	}
	list_nics(&s->nics, there, sizeof(there));
	return guest_error(s->g, ENODEV, "no network interface %s appeared in %d ms (there is %s)",
	                   what, s->wait_ms, *there ? there : "none");
}

static int find_nics(struct setup *s, enum match_by by)
{
	for (;;) {
		const struct nic_plan *missing = nics_match(&s->nics, s->plan, by);
		int r;

		if (!missing)
			return 0;
		/* However often one changes, it is not waited for longer. */
		r = clock_us() < s->deadline_us ? stop_wait(s->events.fd, s->deadline_us) : 0;
		if (r > 0)
			r = netlink_drain(&s->events);
		if (r == 0)
			return report_missing(s, missing);
		if (r < 0)
			return guest_error(s->g, -r, "cannot wait for network interfaces");
		r = read_nics(s);
		if (r < 0)
			return r;
	}
}

/* An interface must be down to get another name. */
static int rename_nic(struct setup *s, int ifindex, const char *name)
{
	int r = net_set_up(&s->nl, ifindex, false);

	return r < 0 ? r : net_rename(&s->nl, ifindex, name);
}

/* Give a NIC its name; whoever has that gets the NIC's old one. */
static int take_name(struct setup *s, const struct nic_plan *wanted)
{
	const struct nic *nic = nics_find(&s->nics, wanted->ifindex);
	const struct nic *holder = nics_find_name(&s->nics, wanted->name);
	int r = 0;

	if (!nic || nic == holder)
		return 0;
	log_debug("interface '%s' becomes '%s'", nic->name, wanted->name);
	if (holder)
		r = rename_nic(s, holder->ifindex, NAME_BETWEEN);
	if (r == 0)
		r = rename_nic(s, nic->ifindex, wanted->name);
	if (r == 0 && holder)
		r = rename_nic(s, holder->ifindex, nic->name);
	if (r < 0)
		return explain(s, r, "give the name", wanted->name, nic->name);
	return read_nics(s);
}

static int take_names(struct setup *s)
{
	for (size_t i = 0; i < s->plan->count; i++) {
		const struct nic_plan *wanted = &s->plan->nics[i];
		int r;

		if (!wanted->has_mac || !wanted->name)
			continue;
		r = take_name(s, wanted);
		if (r < 0)
			return r;
	}
	return 0;
}

static int set_link(struct setup *s, const struct nic_plan *nic, const char *name)
{
	if (nic->mtu) {
		char mtu[16];
		int r;

		snprintf(mtu, sizeof(mtu), "%u", nic->mtu);
		r = explain(s, net_set_mtu(&s->nl, nic->ifindex, nic->mtu), "give the mtu", mtu,
		            name);
		if (r < 0)
			return r;
	}
	return explain(s, net_set_up(&s->nl, nic->ifindex, true), "bring up", "", name);
}

static int set_routes(struct setup *s, const struct nic_plan *nic, const char *name)
{
	for (size_t i = 0; i < nic->route_count; i++) {
		const struct route_plan *route = &nic->routes[i];
		char to[IPADDR_TEXT], via[IPADDR_TEXT] = "", text[2 * IPADDR_TEXT + 8];
		int r;

		if (route->via.family)
			ipaddr_format(&route->via, via);
		snprintf(text, sizeof(text), "%s%s%s",
		         route->to.prefix ? ipaddr_format(&route->to, to) : "default",
		         *via ? " via " : "", via);
		r = explain(s, net_add_route(&s->nl, nic->ifindex, route), "add route", text, name);
		if (r < 0)
			return r;
	}
	return 0;
}

static int set_nic(struct setup *s, const struct nic_plan *nic)
{
	const struct nic *found = nics_find(&s->nics, nic->ifindex);
	const char *name = found ? found->name : "";
	int r = set_link(s, nic, name);

	for (size_t i = 0; r == 0 && i < nic->address_count; i++) {
		char text[IPADDR_TEXT + 4];

		ipaddr_format(&nic->addresses[i], text);
		r = explain(s, net_add_address(&s->nl, nic->ifindex, &nic->addresses[i]),
		            "add address", text, name);
	}
	return r < 0 ? r : set_routes(s, nic, name);
}

static int set_loopback(struct setup *s)
{
	const struct nic *lo = nics_find_name(&s->nics, "lo");

	if (!lo)
		return guest_error(s->g, ENODEV, "no network interface named 'lo'");
	return explain(s, net_set_up(&s->nl, lo->ifindex, true), "bring up", "", "lo");
}

static int run_setup(struct setup *s)
{
	int r = netlink_open(&s->events, RTMGRP_LINK);

	if (r == 0)
		r = netlink_open(&s->nl, 0);
	if (r < 0)
		return guest_error(s->g, -r, "cannot open a netlink socket");
	r = read_nics(s);
	if (r == 0)
		r = set_loopback(s);
	if (r == 0)
		r = find_nics(s, MATCH_MAC);
	if (r == 0)
		r = take_names(s);
	if (r == 0)
		r = find_nics(s, MATCH_NAME);
	if (r == 0)
		r = find_nics(s, MATCH_ORDER);
	for (size_t i = 0; r == 0 && i < s->plan->count; i++)
		r = set_nic(s, &s->plan->nics[i]);
	return r;
}

int net_setup(struct guest *g, struct net_plan *plan, int wait_ms)
{
	struct setup s = {
	    .g = g,
	    .plan = plan,
	    .nl = NETLINK_CLOSED,
	    .events = NETLINK_CLOSED,
	    .wait_ms = wait_ms,
	    .deadline_us = clock_us() + (int64_t)wait_ms * 1000,
	};
	int r = run_setup(&s);

	netlink_close(&s.nl);
	netlink_close(&s.events);
	nics_release(&s.nics);
	return r;
}
