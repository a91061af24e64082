/* SPDX-License-Identifier: MIT */
/* What the network is to be. */
#include "net_plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"

/* What an IPv6 route without a metric gets: IP6_RT_PRIO_USER of the kernel. */
#define DEFAULT_METRIC6 1024

/* Where in the config a value stands. */
struct where {
	struct net_plan *plan;
	char pointer[96];
};

static int refuse(const struct where *w, const char *value, const char *what)
{
	snprintf(w->plan->error, sizeof(w->plan->error), "%s: '%.100s' %s", w->pointer, value,
	         what);
	return -EINVAL;
}

static struct where place(struct net_plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static struct where place(struct net_plan *plan, const char *format, ...)
{
	struct where w = {.plan = plan};
	va_list args;

	va_start(args, format);
	vsnprintf(w.pointer, sizeof(w.pointer), format, args);
	va_end(args);
	return w;
}

static bool given(const char *s)
{
	return s && *s;
}

static bool is_covered(const struct nic_plan *nic, const struct ipaddr *gateway)
{
	for (size_t i = 0; i < nic->address_count; i++)
		if (ipaddr_covers(&nic->addresses[i], gateway))
			return true;
	return ipaddr_is_link_local(gateway);
}

/* How many NICs before this one have a default gateway of @family. */
static uint32_t gateways_before(const struct net_plan *plan, const struct nic_plan *nic, int family)
{
	uint32_t n = 0;

	for (const struct nic_plan *p = plan->nics; p < nic; p++)
		for (size_t i = 0; i < p->route_count; i++)
			if (p->routes[i].to.prefix == 0 && p->routes[i].to.family == family) {
				n++;
				break;
			}
	return n;
}

static int add_gateway(struct nic_plan *nic, int family, const char *text, const struct where *w)
{
	struct route_plan *route = &nic->routes[nic->route_count];
	uint32_t others;

	if (!given(text))
		return 0;
	*route = (struct route_plan){.to.family = family};
	if (ipaddr_parse(&route->via, text) < 0 || route->via.family != family)
		return refuse(w, text,
		              family == AF_INET ? "is no IPv4 address" : "is no IPv6 address");
	route->onlink = !is_covered(nic, &route->via);
	others = gateways_before(w->plan, nic, family);
	if (others)
		route->metric = others + (family == AF_INET6 ? DEFAULT_METRIC6 : 0);
	nic->route_count++;
	return 0;
}

static int add_route(struct nic_plan *nic, const struct route *from, const struct where *w)
{
	struct route_plan *route = &nic->routes[nic->route_count];
	bool is_default = from->to && strcmp(from->to, "default") == 0;

	*route = (struct route_plan){.onlink = from->onlink};
	if (given(from->via) && ipaddr_parse(&route->via, from->via) < 0)
		return refuse(w, from->via, "is no IP address");
	if (is_default)
		route->to.family = route->via.family;
	else if (!from->to || ipaddr_parse_cidr(&route->to, from->to) < 0)
		return refuse(w, from->to ? from->to : "", "is not ADDRESS/PREFIX");
	if (!route->to.family)
		return refuse(w, from->to, "needs 'via'");
	if (route->via.family && route->via.family != route->to.family)
		return refuse(w, from->via, "is of another family than 'to'");
	if (!ipaddr_is_network(&route->to))
		return refuse(w, from->to, "has bits set behind its prefix");
	if (from->metric.set && (from->metric.value < 0 || from->metric.value > UINT32_MAX))
		return refuse(w, from->to, "has a metric that is no 32-bit number");
	route->metric = from->metric.set ? (uint32_t)from->metric.value : 0;
	nic->route_count++;
	return 0;
}

/* The routes of one kind: those on the link itself, or those through a gateway. */
static int add_routes(struct net_plan *plan, size_t index, const struct interface *from,
                      bool through_gateway)
{
	for (size_t i = 0; i < from->routes.count; i++) {
		const struct route *route = &from->routes.items[i];
		struct where w = place(plan, "/interfaces/%zu/routes/%zu", index, i);
		int r;

		if (given(route->via) != through_gateway)
			continue;
		r = add_route(&plan->nics[index], route, &w);
		if (r < 0)
			return r;
	}
	return 0;
}

static int parse_mac(unsigned char mac[6], const char *text)
{
	unsigned byte[6];
	int end = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1], &byte[2], &byte[3],
	           &byte[4], &byte[5], &end) != 6 ||
	    end != 17 || text[end])
		return -EINVAL;
	for (size_t i = 0; i < 6; i++)
		mac[i] = (unsigned char)byte[i];
	return 0;
}

static int name_nic(struct net_plan *plan, size_t index, const struct interface *from)
{
	struct nic_plan *nic = &plan->nics[index];
	struct where w = place(plan, "/interfaces/%zu/mac", index);

	if (given(from->name))
		nic->name = from->name;
	if (!given(from->mac))
		return 0;
	if (parse_mac(nic->mac, from->mac) < 0)
		return refuse(&w, from->mac, "is no MAC address");
	nic->has_mac = true;
	w = place(plan, "/interfaces/%zu/name", index);
	/* The kernel would put a number in the place of '%d', and rename the loopback as well. */
	if (nic->name && (strchr(nic->name, '%') || strcmp(nic->name, "lo") == 0))
		return refuse(&w, nic->name, "is no name for a network card");
	return 0;
}

static int allocate(struct nic_plan *nic, size_t addresses, size_t routes)
{
	nic->addresses = calloc(addresses + 1, sizeof(*nic->addresses));
	nic->routes = calloc(routes + 2, sizeof(*nic->routes)); /* two gateways */
	return nic->addresses && nic->routes ? 0 : -ENOMEM;
}

static int plan_interface(struct net_plan *plan, size_t index, const struct interface *from)
{
	struct nic_plan *nic = &plan->nics[index];
	struct where w;
	int r = allocate(nic, from->addresses.count, from->routes.count);

	if (r == 0)
		r = name_nic(plan, index, from);
	if (r < 0)
		return r;
	nic->mtu = from->mtu.set ? (uint32_t)from->mtu.value : 0;
	for (size_t i = 0; i < from->addresses.count; i++) {
		w = place(plan, "/interfaces/%zu/addresses/%zu", index, i);
		if (ipaddr_parse_cidr(&nic->addresses[i], from->addresses.items[i]) < 0)
			return refuse(&w, from->addresses.items[i], "is not ADDRESS/PREFIX");
		nic->address_count++;
	}
	/* A gateway may be within a route, and must then come after it. */
	r = add_routes(plan, index, from, false);
	w = place(plan, "/interfaces/%zu/gateway", index);
	if (r == 0)
		r = add_gateway(nic, AF_INET, from->gateway, &w);
	w = place(plan, "/interfaces/%zu/gateway6", index);
	if (r == 0)
		r = add_gateway(nic, AF_INET6, from->gateway6, &w);
	return r < 0 ? r : add_routes(plan, index, from, true);
}

/* The seed schema's one NIC, whichever it is, with one IPv4 address. */
static int plan_seed(struct net_plan *plan, const struct vmconfig *cfg)
{
	struct nic_plan *nic = &plan->nics[0];
	struct where w = place(plan, "/guest_ip");
	int r = allocate(nic, 1, 0);

	if (r < 0)
		return r;
	if (!given(cfg->guest_ip))
		return refuse(&w, "", "is no address: 'network_enabled' needs it or 'interfaces'");
	if (ipaddr_parse(&nic->addresses[0], cfg->guest_ip) < 0 ||
	    nic->addresses[0].family != AF_INET)
		return refuse(&w, cfg->guest_ip, "is no IPv4 address");
	if (!cfg->guest_cidr.set || cfg->guest_cidr.value < 1 || cfg->guest_cidr.value > 32)
		return refuse(&w, cfg->guest_ip,
		              "is given without a prefix length in 'guest_cidr'");
	nic->addresses[0].prefix = (unsigned)cfg->guest_cidr.value;
	nic->address_count = 1;
	w = place(plan, "/guest_gw");
	return add_gateway(nic, AF_INET, cfg->guest_gw, &w);
}

/* What the kernel tells routes apart by. No padding, so that memcmp(3) compares all of it. */
struct route_key {
	uint32_t family;
	uint32_t prefix;
	uint32_t metric;
	unsigned char bytes[16];
};

static int compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct route_key));
}

/* The kernel would put the later of two equal routes in the place of the earlier. */
static int refuse_equal_routes(struct net_plan *plan)
{
	_cleanup_free_ struct route_key *keys = NULL;
	struct where w = place(plan, "/interfaces");
	size_t count = 0, n = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += plan->nics[i].route_count;
	keys = calloc(count + 1, sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		const struct nic_plan *nic = &plan->nics[i];

		for (size_t k = 0; k < nic->route_count; k++, n++) {
			const struct route_plan *route = &nic->routes[k];

			keys[n].family = (uint32_t)route->to.family;
			keys[n].prefix = route->to.prefix;
			keys[n].metric = route->metric;
			if (!route->metric && route->to.family == AF_INET6)
				keys[n].metric = DEFAULT_METRIC6;
			memcpy(keys[n].bytes, route->to.bytes, sizeof(keys[n].bytes));
		}
	}
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (size_t i = 1; i < count; i++) {
		struct ipaddr to = {.family = (int)keys[i].family, .prefix = keys[i].prefix};
		char text[IPADDR_TEXT];

		if (compare_keys(&keys[i - 1], &keys[i]) != 0)
			continue;
		memcpy(to.bytes, keys[i].bytes, sizeof(to.bytes));
		return refuse(&w, ipaddr_format(&to, text), "is routed twice with the same metric");
	}
	return 0;
}

int net_plan_make(struct net_plan *plan, const struct vmconfig *cfg)
{
	bool seed = cfg->network_enabled && !cfg->interfaces.count;
	size_t count = seed ? 1 : cfg->interfaces.count;

	*plan = (struct net_plan){0};
	if (!count)
		return 0;
	plan->nics = calloc(count, sizeof(*plan->nics));
	if (!plan->nics)
		return -ENOMEM;
	plan->count = count;
	if (seed)
		return plan_seed(plan, cfg);
	for (size_t i = 0; i < count; i++) {
		int r = plan_interface(plan, i, &cfg->interfaces.items[i]);

		if (r < 0)
			return r;
	}
	return refuse_equal_routes(plan);
}

void net_plan_release(struct net_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->nics[i].addresses);
		free(plan->nics[i].routes);
	}
	free(plan->nics);
	plan->nics = NULL;
	plan->count = 0;
}
