/* SPDX-License-Identifier: MIT */
/* An IPv4 or IPv6 address, alone or with a prefix length. */
#include "ipaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "formats.h"

int ipaddr_parse(struct ipaddr *a, const char *text)
{
	*a = (struct ipaddr){.family = strchr(text, ':') ? AF_INET6 : AF_INET};
	if (inet_pton(a->family, text, a->bytes) != 1)
		return -EINVAL;
	a->prefix = (unsigned)ipaddr_size(a) * 8;
	return 0;
}

int ipaddr_parse_cidr(struct ipaddr *a, const char *text)
{
	int family;

	*a = (struct ipaddr){0};
	family = cidr_parse(text, a->bytes, &a->prefix);
	if (family < 0)
		return family;
	a->family = family;
	return 0;
}

size_t ipaddr_size(const struct ipaddr *a)
{
	return a->family == AF_INET6 ? 16 : 4;
}

/* Which bits of byte @i are behind a prefix of @prefix bits. */
static unsigned char host_bits(unsigned prefix, size_t i)
{
	unsigned start = (unsigned)i * 8;

	if (prefix <= start)
		return 0xff;
	return prefix >= start + 8 ? 0 : (unsigned char)(0xff >> (prefix - start));
}

bool ipaddr_covers(const struct ipaddr *net, const struct ipaddr *a)
{
	if (net->family != a->family)
		return false;
	for (size_t i = 0; i < ipaddr_size(a); i++)
		if ((net->bytes[i] ^ a->bytes[i]) & ~host_bits(net->prefix, i) & 0xff)
			return false;
	return true;
}

bool ipaddr_is_network(const struct ipaddr *a)
{
	for (size_t i = 0; i < ipaddr_size(a); i++)
		if (a->bytes[i] & host_bits(a->prefix, i))
			return false;
	return true;
}

bool ipaddr_is_link_local(const struct ipaddr *a)
{
	return a->family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

struct ipaddr ipaddr_broadcast(const struct ipaddr *a)
{
	struct ipaddr last = *a;

	for (size_t i = 0; i < ipaddr_size(a); i++)
		last.bytes[i] |= host_bits(a->prefix, i);
	return last;
}

char *ipaddr_format(const struct ipaddr *a, char text[IPADDR_TEXT])
{
	size_t n;

	if (!inet_ntop(a->family, a->bytes, text, IPADDR_TEXT))
		text[0] = '\0';
	n = strlen(text);
	if (a->prefix != ipaddr_size(a) * 8)
		snprintf(text + n, IPADDR_TEXT - n, "/%u", a->prefix);
	return text;
}
