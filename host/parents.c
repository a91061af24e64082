/* SPDX-License-Identifier: MIT */
/* The directories on the way to a file. */
#include "parents.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"

int make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
		if (r < 0)
			fail_errno(-r, "cannot make '%s'", path);
		*slash = '/';
		if (r < 0)
			return r;
	}
	return 0;
}
