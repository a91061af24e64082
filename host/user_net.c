/* SPDX-License-Identifier: MIT */
/* QEMU's user-mode network made to fit. */
#include "user_net.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "formats.h"
#include "vmconfig.h"

struct address {
	unsigned char bytes[16];
};

struct network {
	int family;
	size_t size; /* bytes of an address */
	unsigned prefix;
	struct address base;
};

/* What slirp can be told: room for the guest, the gateway and the name server on one end. */
static const struct limits {
	int family;
	size_t size;
	unsigned min_prefix;
	unsigned max_prefix;
} limits[] = {
    {AF_INET, 4, 4, 29},
    {AF_INET6, 16, 1, 125},
};

static bool covers(const struct network *net, const struct address *a)
{
	for (size_t i = 0; i < net->prefix; i++) {
		unsigned differ = net->base.bytes[i / 8] ^ a->bytes[i / 8];

		if (differ & (0x80u >> i % 8))
			return false;
	}
	return true;
}

static void clear_behind_prefix(struct network *net)
{
	for (size_t i = net->prefix; i < net->size * 8; i++)
		net->base.bytes[i / 8] &= (unsigned char)~(0x80u >> i % 8);
}

static bool parse(int family, const char *text, struct address *a)
{
	return text && inet_pton(family, text, a->bytes) == 1;
}

static bool equal(const struct network *net, const struct address *a, const struct address *b)
{
	return memcmp(a->bytes, b->bytes, net->size) == 0;
}

/* The @number-th address of a network, which has eight at least. */
static struct address nth(const struct network *net, unsigned number)
{
	struct address a = net->base;

	a.bytes[net->size - 1] |= (unsigned char)number;
	return a;
}

/* An address that nobody has: @first if that is free. */
static struct address free_address(const struct network *net, unsigned first,
                                   const struct address *taken, size_t count)
{
	for (unsigned n = first;; n = n % 6 + 1) {
		struct address a = nth(net, n);
		size_t i = 0;

		while (i < count && !equal(net, &a, &taken[i]))
			i++;
		if (i == count)
			return a;
	}
}

/* Link-local gateways are none of the network's; slirp has one of its own. */
static bool is_link_local(int family, const struct address *a)
{
	return family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

static int widen(struct network *net, unsigned min_prefix, const struct address *gateway,
                 const char *text)
{
	while (!covers(net, gateway)) {
		if (net->prefix == min_prefix)
			return fail("gateway '%s' is too far from the address for a user-mode "
			            "network",
			            text);
		net->prefix--;
	}
	return 0;
}

static const char *first_server(const struct network *net, const struct strlist *dns,
                                const struct address *taken, struct address *a)
{
	for (size_t i = 0; i < dns->count; i++)
		if (parse(net->family, dns->items[i], a) && covers(net, a) &&
		    !equal(net, a, &taken[0]) && !equal(net, a, &taken[1]))
			return dns->items[i];
	return NULL;
}

static int plan_side(struct user_net_side *side, const struct limits *limit, const char *cidr,
                     const char *gateway, const struct strlist *dns)
{
	struct network net = {.family = limit->family, .size = limit->size};
	struct address taken[2] = {0}, host, server; /* the guest's, the host's */
	bool has_host;
	int r;

	if (cidr_parse(cidr, taken[0].bytes, &net.prefix) != limit->family)
		return fail("'%s' is not ADDRESS/PREFIX", cidr);
	if (net.prefix < limit->min_prefix)
		return fail("the network of '%s' is too large for a user-mode network: /%u is the "
		            "largest",
		            cidr, limit->min_prefix);
	net.base = taken[0];
	if (net.prefix > limit->max_prefix)
		net.prefix = limit->max_prefix;
	has_host = parse(net.family, gateway, &host) && !is_link_local(net.family, &host) &&
	           !equal(&net, &host, &taken[0]);
	r = has_host ? widen(&net, limit->min_prefix, &host, gateway) : 0;
	if (r < 0)
		return r;
	clear_behind_prefix(&net);
	taken[1] = has_host ? host : free_address(&net, 2, taken, 1);
	if (!first_server(&net, dns, taken, &server))
		server = free_address(&net, 3, taken, 2);

	inet_ntop(net.family, taken[0].bytes, side->guest, sizeof(side->guest));
	inet_ntop(net.family, taken[1].bytes, side->host, sizeof(side->host));
	inet_ntop(net.family, server.bytes, side->dns, sizeof(side->dns));
	inet_ntop(net.family, net.base.bytes, side->net, sizeof(side->net));
	snprintf(side->net + strlen(side->net), 5, "/%u", net.prefix);
	return 0;
}

static const char *first_of_family(const struct interface *nic, int family)
{
	for (size_t i = 0; i < nic->addresses.count; i++)
		if (!strchr(nic->addresses.items[i], ':') == (family == AF_INET))
			return nic->addresses.items[i];
	return NULL;
}

int user_net_plan(struct user_net *net, const struct interface *nic, const struct strlist *dns)
{
	const char *v4 = first_of_family(nic, AF_INET), *v6 = first_of_family(nic, AF_INET6);
	int r = 0;

	*net = (struct user_net){0};
	if (v4)
		r = plan_side(&net->v4, &limits[0], v4, nic->gateway, dns);
	if (r == 0 && v6)
		r = plan_side(&net->v6, &limits[1], v6, nic->gateway6, dns);
	return r;
}
