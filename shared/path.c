/* SPDX-License-Identifier: MIT */
/* Paths by their words. */
#include "path.h"

#include <stddef.h>
#include <string.h>

bool path_is_below(const char *path, const char *top)
{
	for (;;) {
		size_t n;

		path += strspn(path, "/");
		top += strspn(top, "/");
		n = strcspn(top, "/");
		if (n == 0)
			return true;
		if (strcspn(path, "/") != n || strncmp(path, top, n) != 0)
			return false;
		path += n;
		top += n;
	}
}
