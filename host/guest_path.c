/* SPDX-License-Identifier: MIT */
/* Paths in the guest. */
#include "guest_path.h"

#include <stdlib.h>
#include <string.h>

char *guest_path_clean(const char *path)
{
	char *clean = malloc(strlen(path) + 2);
	size_t length = 0;

	if (!clean)
		return NULL;
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (length > 0 && clean[--length] != '/')
				;
		} else if (n > 0 && !(n == 1 && path[0] == '.')) {
			clean[length++] = '/';
			memcpy(clean + length, path, n);
			length += n;
		}
		path += n;
		path += strspn(path, "/");
	}
	if (length == 0)
		clean[length++] = '/';
	clean[length] = '\0';
	return clean;
}
