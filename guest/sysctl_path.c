/* SPDX-License-Identifier: MIT */
/* Names of kernel parameters, as sysctl(8) takes them. */
#include "sysctl_path.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

int sysctl_path(const char *name, char *path, size_t size)
{
	const char *separator = strpbrk(name, "./");
	bool dotted = separator && *separator == '.';
	size_t length = strlen(name);

	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(path, name, length + 1);
	for (; dotted && *path; path++) {
		if (*path == '.')
			*path = '/';
		else if (*path == '/')
			*path = '.';
	}
	return 0;
}
