/* SPDX-License-Identifier: MIT */
/* The entries of an archive, as files. */
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "newc_reader.h"
#include "whole.h"

/* No "..": what is made stays where it is made, and no link of the archive's is gone through. */
static int open_within(int dir_fd, const char *path)
{
	struct open_how how = {
	    .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	long fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));

	if (fd < 0 && (errno == EXDEV || errno == ELOOP))
		return -EINVAL; /* the archive's own doing */
	return fd < 0 ? -errno : (int)fd;
}

/* The directory that an entry is in. @name: set to its last word. */
static int open_parent(int dir_fd, const char *path, const char **name)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;

	*name = slash ? slash + 1 : path;
	if (!**name || strcmp(*name, "..") == 0 || path[0] == '/' || length >= sizeof(parent))
		return -EINVAL;
	memcpy(parent, path, length);
	parent[length] = '\0';
	return open_within(dir_fd, length ? parent : ".");
}

static int make_file(int dir_fd, const char *name, const struct newc_entry *e)
{
	_cleanup_fd_ int fd =
	    openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r = fd < 0 ? -errno : write_whole(fd, e->data, e->size);

	return r == 0 && fchmod(fd, e->mode & 0777) < 0 ? -errno : r;
}

static int make_link(int dir_fd, const char *name, const struct newc_entry *e)
{
	char target[PATH_MAX];

	if (e->size == 0 || e->size >= sizeof(target) || memchr(e->data, '\0', e->size))
		return -EINVAL;
	memcpy(target, e->data, e->size);
	target[e->size] = '\0';
	return symlinkat(target, dir_fd, name) < 0 ? -errno : 0;
}

/* The archive's first entry may be the directory itself, by the name of ".". */
static int make_entry(int dir_fd, const struct newc_entry *e)
{
	_cleanup_fd_ int parent = -1;
	const char *name;

	if (strcmp(e->name, ".") == 0 && S_ISDIR(e->mode))
		return 0;
	parent = open_parent(dir_fd, e->name, &name);
	if (parent < 0)
		return parent;
	if (S_ISDIR(e->mode))
		return mkdirat(parent, name, 0755) < 0 ? -errno : 0;
	if (S_ISLNK(e->mode))
		return make_link(parent, name, e);
	/* Of several names the last has the content: nobody packs sources so. */
	if (!S_ISREG(e->mode) || e->links > 1)
		return -EOPNOTSUPP;
	return make_file(parent, name, e);
}

int unpack(struct newc *archive, int dir_fd, const char **failed)
{
	struct newc_entry entry;
	int r;

	*failed = NULL;
	while ((r = newc_next(archive, &entry)) > 0) {
		r = make_entry(dir_fd, &entry);
		if (r < 0) {
			*failed = entry.name;
			return r;
		}
	}
	return r;
}
