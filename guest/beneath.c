/* SPDX-License-Identifier: MIT */
/* Paths in a tree that is not to be trusted. */
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "whole.h"

#define MAX_RETRIES 100 /* of a look-up that a rename elsewhere disturbed */
#define MAX_LINKS   40  /* the kernel's MAXSYMLINKS */
#define MAX_SPARE   16  /* names tried for the new file */

int beneath_open(int root_fd, const char *path, int flags, mode_t mode)
{
	bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
	struct open_how how = {
	    .flags = (unsigned)flags | O_CLOEXEC,
	    .mode = creates ? mode : 0, /* openat2(2) refuses it otherwise */
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	/* A terminal in the image must not become init's; openat2(2) refuses O_NOCTTY with O_PATH.
	 */
	if (!(flags & O_PATH))
		how.flags |= O_NOCTTY;
	for (int i = 0; i < MAX_RETRIES; i++) {
		long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

		/* EAGAIN: the kernel cannot prove that ".." stayed inside while something moved. */
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			return fd >= 0 ? (int)fd : -errno;
	}
	return -EAGAIN;
}

/* The directory is opened before its mode is set, so that nothing else can be changed by it. */
static int make_directory(int parent_fd, const char *name, mode_t mode)
{
	_cleanup_fd_ int fd = -1;

	if (mkdirat(parent_fd, name, mode & 0700) < 0)
		return -errno;
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode) < 0)
		return -errno;
	return 0;
}

/*
 * Replace the link @name, which leads nowhere, by its target in *@path.
 * @done: how much of *@path is its parent
 * @rest: what follows the link
 */
static int substitute_link(char **path, size_t done, int parent_fd, const char *name,
                           const char *rest)
{
	char target[4096];
	ssize_t n = readlinkat(parent_fd, name, target, sizeof(target));
	char *longer;

	if (n < 0)
		return errno == EINVAL ? -EEXIST : -errno;
	if ((size_t)n >= sizeof(target))
		return -ENAMETOOLONG;
	if (asprintf(&longer, "%.*s/%.*s/%s", target[0] == '/' ? 0 : (int)done, *path, (int)n,
	             target, rest) < 0)
		return -ENOMEM;
	free(*path);
	*path = longer;
	return strlen(longer) < 4096 ? 0 : -ENAMETOOLONG;
}

static int open_directory(int root_fd, const char *path)
{
	return beneath_open(root_fd, path, O_PATH | O_DIRECTORY, 0);
}

/*
 * Make the directories of *@path one by one.
 *
 * Return: 0, or 1 when a dangling link was met: *@path then goes around it, to be tried anew.
 */
static int make_missing(int root_fd, char **path, mode_t mode)
{
	_cleanup_fd_ int parent = open_directory(root_fd, "/");
	char *at = *path;

	if (parent < 0)
		return parent;
	for (;;) {
		char *name = at + strspn(at, "/");
		char *end = name + strcspn(name, "/");
		bool last = *end == '\0';
		int fd, r;

		if (end == name)
			return 0;
		*end = '\0';
		fd = open_directory(root_fd, *path);
		if (fd == -ENOENT) {
			r = make_directory(parent, name, mode);
			if (r < 0 && r != -EEXIST)
				return r;
			fd = open_directory(root_fd, *path);
		}
		if (fd == -ENOENT) {
			r = substitute_link(path, (size_t)(name - *path), parent, name,
			                    last ? "" : end + 1);
			return r < 0 ? r : 1;
		}
		if (fd < 0)
			return fd;
		close(parent);
		parent = fd;
		if (last)
			return 0;
		*end = '/';
		at = end;
	}
}

int beneath_mkdirs(int root_fd, const char *path, mode_t mode)
{
	_cleanup_free_ char *copy = NULL;
	int fd = open_directory(root_fd, path);

	if (fd != -ENOENT || !*path)
		return fd;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	for (int links = 0; links < MAX_LINKS; links++) {
		int r = make_missing(root_fd, &copy, mode);

		if (r < 0)
			return r;
		if (r == 0)
			return open_directory(root_fd, path);
	}
	return -ELOOP;
}

/* A new file in @dir_fd, its name in @name; what an interrupted run left there is removed. */
static int create_spare(int dir_fd, char *name, size_t size)
{
	for (int i = 0; i < MAX_SPARE; i++) {
		int fd;

		snprintf(name, size, ".vmconfig-new-%d", i);
		unlinkat(dir_fd, name, 0);
		fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		            0600);
		if (fd >= 0 || errno != EEXIST)
			return fd >= 0 ? fd : -errno;
	}
	return -EEXIST;
}

int beneath_parent(int root_fd, const char *path, const char **name)
{
	_cleanup_free_ char *parent = NULL;
	const char *slash = strrchr(path, '/');

	*name = slash ? slash + 1 : path;
	if (!**name || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0)
		return -EISDIR;
	parent = strndup(path, (size_t)(*name - path));
	if (!parent)
		return -ENOMEM;
	return beneath_mkdirs(root_fd, *parent ? parent : "/", 0755);
}

int beneath_mkfile(int root_fd, const char *path)
{
	_cleanup_fd_ int dir_fd = -1;
	_cleanup_fd_ int fd = beneath_open(root_fd, path, O_PATH, 0);
	const char *name;

	if (fd != -ENOENT)
		return steal_fd(&fd);
	dir_fd = beneath_parent(root_fd, path, &name);
	if (dir_fd < 0)
		return dir_fd;
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	close(fd);
	fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : steal_fd(&fd);
}

int beneath_place(int dir_fd, const char *name, const struct beneath_file *file)
{
	_cleanup_fd_ int fd = -1;
	char spare[32];
	int r;

	fd = create_spare(dir_fd, spare, sizeof(spare));
	if (fd < 0)
		return fd;
	r = write_whole(fd, file->data, file->length);
	/* The owner first: chown(2) takes set-user-ID bits away. */
	if (r == 0 && ((file->owned && fchown(fd, file->uid, file->gid) < 0) ||
	               fchmod(fd, file->mode) < 0 || renameat(dir_fd, spare, dir_fd, name) < 0))
		r = -errno;
	if (r < 0)
		unlinkat(dir_fd, spare, 0);
	return r;
}

int beneath_replace(int root_fd, const char *path, const void *data, size_t length, mode_t mode)
{
	const struct beneath_file file = {.data = data, .length = length, .mode = mode};
	const char *name;
	_cleanup_fd_ int dir_fd = beneath_parent(root_fd, path, &name);

	return dir_fd < 0 ? dir_fd : beneath_place(dir_fd, name, &file);
}

static int require_regular(int fd, size_t limit, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((unsigned long long)st.st_size > limit)
		return -EFBIG;
	*size = (size_t)st.st_size;
	return 0;
}

/*
 * Open the file only once it is known to be one: opening a device can have
 * effects of its own. O_NONBLOCK is for what takes its place in between.
 */
static int open_regular(int root_fd, const char *path, size_t limit, size_t *size)
{
	_cleanup_fd_ int fd = beneath_open(root_fd, path, O_PATH, 0);
	int r = fd < 0 ? fd : require_regular(fd, limit, size);

	if (r < 0)
		return r;
	close(fd);
	fd = beneath_open(root_fd, path, O_RDONLY | O_NONBLOCK, 0);
	r = fd < 0 ? fd : require_regular(fd, limit, size);
	return r < 0 ? r : steal_fd(&fd);
}

int beneath_read(int root_fd, const char *path, size_t limit, char **data, size_t *length)
{
	_cleanup_free_ char *buffer = NULL;
	_cleanup_fd_ int fd = -1;
	size_t room = 0, used = 0;

	fd = open_regular(root_fd, path, limit, &room);
	if (fd < 0)
		return fd;
	room += 2; /* the NUL, and a byte that shows whether stat(2) told all (proc has size 0) */
	for (;;) {
		ssize_t n;

		if (!buffer || used + 1 == room) {
			char *larger = realloc(buffer, buffer ? room * 2 : room);

			if (!larger)
				return -ENOMEM;
			room = buffer ? room * 2 : room;
			buffer = larger;
		}
		n = read(fd, buffer + used, room - 1 - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
		if (used > limit)
			return -EFBIG;
	}
	buffer[used] = '\0';
	*data = steal_ptr(&buffer);
	*length = used;
	return 0;
}
