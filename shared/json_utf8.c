/* SPDX-License-Identifier: MIT */
/* UTF-8, in which documents are written. */
#include <string.h>

#include "json.h"

/* The length of a well-formed UTF-8 sequence at @p (RFC 3629: no overlong forms, no surrogates), or
 * 0. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	if (p[0] == 0xed)
		high = 0x9f;
	if (p[0] == 0xf0)
		low = 0x90;
	if (p[0] == 0xf4)
		high = 0x8f;
	if (left < n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return n;
}

size_t json_utf8_length(const char *s, size_t left)
{
	return left ? utf8_length((const unsigned char *)s, left) : 0;
}

bool json_is_utf8(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t left = strlen(s);

	while (left) {
		size_t n = utf8_length(p, left);

		if (n == 0)
			return false;
		p += n;
		left -= n;
	}
	return true;
}
