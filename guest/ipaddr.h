/* SPDX-License-Identifier: MIT */
/* An IPv4 or IPv6 address, alone or with a prefix length. */
#ifndef VMCONFIG_IPADDR_H
#define VMCONFIG_IPADDR_H

#include <stdbool.h>
#include <stddef.h>

struct ipaddr {
	int family;      /* AF_INET, AF_INET6; 0: none */
	unsigned prefix; /* bits */
	unsigned char bytes[16];
};

/* What ipaddr_format() needs at most. */
#define IPADDR_TEXT 64

/* ipaddr_parse() - read an address without a prefix length; it is given all bits. Return: 0 or
 * -EINVAL. */
int ipaddr_parse(struct ipaddr *a, const char *text);

/* ipaddr_parse_cidr() - read "ADDRESS/PREFIX". Return: 0 or -EINVAL. */
int ipaddr_parse_cidr(struct ipaddr *a, const char *text);

/* ipaddr_size() - how many of the bytes count: 4 or 16. */
size_t ipaddr_size(const struct ipaddr *a);

/* ipaddr_covers() - whether @a is in the network that @net is in. */
bool ipaddr_covers(const struct ipaddr *net, const struct ipaddr *a);

/* ipaddr_is_network() - whether no bit is set behind the prefix. */
bool ipaddr_is_network(const struct ipaddr *a);

/* ipaddr_is_link_local() - fe80::/10: reached without a route. */
bool ipaddr_is_link_local(const struct ipaddr *a);

/* ipaddr_broadcast() - the last address of an IPv4 network. */
struct ipaddr ipaddr_broadcast(const struct ipaddr *a);

/* ipaddr_format() - the text; with "/PREFIX" unless the prefix has all bits. Return: @text. */
char *ipaddr_format(const struct ipaddr *a, char text[IPADDR_TEXT]);

#endif
