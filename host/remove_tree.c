/* SPDX-License-Identifier: MIT */
/*
 * Removing trees. The way down is not kept in descriptors or on the stack: a
 * directory that is not empty gives its own subdirectories to the top, under
 * names that are free, so that depth does not matter.
 */
#include "remove_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

/* Move @name of @from up to @top, where it is found later. */
static int lift(int from, const char *name, int top)
{
	static uint64_t number;

	for (;;) {
		char to[40];

		snprintf(to, sizeof(to), ".removed-%llu", (unsigned long long)number++);
		/* With a directory in the way that is not empty, another name is tried. */
		if (renameat(from, name, top, to) == 0)
			return 0;
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
			return -errno;
	}
}

typedef int (*entry_fn)(int dir, const char *name, int top);

static int for_each(int dir, int top, entry_fn fn)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	int r = 0;

	if (!stream) {
		r = -errno;
		if (copy >= 0)
			close(copy);
		return r;
	}
	while (r == 0 && (errno = 0, entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = fn(dirfd(stream), entry->d_name, top);
	if (r == 0 && errno)
		r = -errno;
	closedir(stream);
	return r;
}

/* What is in a directory below the top: files go, directories are lifted. */
static int empty_entry(int dir, const char *name, int top)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	return errno == EISDIR || errno == EPERM ? lift(dir, name, top) : -errno;
}

static int top_entry(int dir, const char *name, int top)
{
	_cleanup_fd_ int fd = -1;
	struct stat here, there;
	int r;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &there) < 0 || fstat(top, &here) < 0)
		return -errno;
	if (here.st_dev != there.st_dev)
		return -EXDEV;
	r = for_each(fd, top, empty_entry);
	if (r < 0)
		return r;
	return unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

static int count_entry(int dir, const char *name, int top)
{
	(void)dir;
	(void)name;
	(void)top;
	return 1;
}

int remove_tree_content(int dir)
{
	int r = 0;

	/* What has been lifted meanwhile may be missed by one reading of the directory. */
	while (r == 0 && for_each(dir, dir, count_entry) == 1)
		r = for_each(dir, dir, top_entry);
	return r;
}
