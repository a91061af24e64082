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

int path_compare(const char *a, const char *b)
{
	for (;;) {
		size_t n, m;
		int order;

		a += strspn(a, "/");
		b += strspn(b, "/");
		n = strcspn(a, "/");
		m = strcspn(b, "/");
		order = strncmp(a, b, n < m ? n : m);
		if (order == 0 && n != m)
			order = n < m ? -1 : 1;
		if (order || !n)
			return order;
		a += n;
		b += m;
	}
}
