/* SPDX-License-Identifier: MIT */
/* Extended attributes of a file of this machine. */
#include "file_xattrs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "cleanup.h"
#include "xattrs.h"

/* Not allowed, not supported, gone meanwhile: what cannot be read is not there. */
static bool is_no_failure(int error)
{
	return error == ENOTSUP || error == EPERM || error == EACCES || error == ENODATA ||
	       error == ENOENT;
}

static int read_value(const char *path, const char *name, struct xattrs *x)
{
	_cleanup_free_ char *value = malloc(XATTR_SIZE_MAX_BYTES);
	ssize_t n;

	if (!value)
		return -ENOMEM;
	n = lgetxattr(path, name, value, XATTR_SIZE_MAX_BYTES);
	if (n < 0)
		return is_no_failure(errno) ? 0 : -errno;
	return xattrs_set(x, name, value, (size_t)n);
}

int file_xattrs_read(int dir, const char *name, struct xattrs *x)
{
	_cleanup_free_ char *path = NULL, *names = NULL;
	ssize_t n;
	int r = 0;

	/* There is no llistxattrat(2); proc's link leads to the directory itself. */
	if (asprintf(&path, "/proc/self/fd/%d/%s", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	n = llistxattr(path, NULL, 0);
	if (n <= 0)
		return n == 0 || is_no_failure(errno) ? 0 : -errno;
	names = malloc((size_t)n);
	if (!names)
		return -ENOMEM;
	n = llistxattr(path, names, (size_t)n);
	if (n < 0)
		return is_no_failure(errno) ? 0 : -errno;
	for (const char *at = names; at < names + n && r == 0; at += strlen(at) + 1)
		if (xattr_is_storable(at))
			r = read_value(path, at, x);
	return r;
}
