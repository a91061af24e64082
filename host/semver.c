/* SPDX-License-Identifier: MIT */
/* Semantic versions. */
#include "semver.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS      "0123456789"
#define IDENTIFIERS DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"

/* A number without leading zeros; @text moves behind it. */
static bool read_number(const char **text, unsigned long *number)
{
	size_t length = strspn(*text, DIGITS);

	if (length == 0 || length > 9 || (length > 1 && **text == '0'))
		return false;
	*number = strtoul(*text, NULL, 10);
	*text += length;
	return true;
}

/* Identifiers between dots; in a prerelease numeric ones have no leading zeros. */
static bool read_identifiers(const char **text, bool prerelease)
{
	for (;;) {
		size_t length = strspn(*text, IDENTIFIERS);

		if (length == 0)
			return false;
		if (prerelease && length > 1 && **text == '0' && strspn(*text, DIGITS) == length)
			return false;
		*text += length;
		if (**text != '.')
			return true;
		(*text)++;
	}
}

int semver_parse(const char *text, struct semver *version)
{
	if (!read_number(&text, &version->major) || *text++ != '.')
		return -EINVAL;
	if (!read_number(&text, &version->minor) || *text++ != '.')
		return -EINVAL;
	if (!read_number(&text, &version->patch))
		return -EINVAL;
	if (*text == '-' && (text++, !read_identifiers(&text, true)))
		return -EINVAL;
	if (*text == '+' && (text++, !read_identifiers(&text, false)))
		return -EINVAL;
	return *text ? -EINVAL : 0;
}
