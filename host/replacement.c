/* SPDX-License-Identifier: MIT */
/* A file that is to stand at a path: under a name of no meaning until it is whole. */
#include "replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

static int open_directory(struct replacement *r)
{
	const char *slash = strrchr(r->path, '/');
	_cleanup_free_ char *name = NULL;

	r->base = slash ? slash + 1 : r->path;
	if (!slash)
		name = strdup(".");
	else
		name = strndup(r->path, slash == r->path ? 1 : (size_t)(slash - r->path));
	if (!name)
		return fail_errno(ENOMEM, "cannot write '%s'", r->path);
	if (r->base[0] == '\0')
		return fail("cannot write '%s': it names no file", r->path);
	r->dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dir < 0)
		return fail_errno(errno, "cannot write '%s': cannot open directory '%s'", r->path,
		                  name);
	return 0;
}

static const char *kind_of_file(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFBLK:
		return "a block device";
	case S_IFCHR:
		return "a character device";
	case S_IFIFO:
		return "a pipe";
	default:
		return "a socket";
	}
}

/* /dev/stdout is such a link: whoever names it does not mean to replace it. */
static bool is_link_to_proc(const struct replacement *r)
{
	char target[6] = "";

	return readlinkat(r->dir, r->base, target, sizeof(target)) == sizeof(target) &&
	       memcmp(target, "/proc/", sizeof(target)) == 0;
}

static int check_destination(const struct replacement *r)
{
	struct stat st;

	if (fstatat(r->dir, r->base, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT)
			return 0;
		return fail_errno(errno, "cannot write '%s'", r->path);
	}
	if (S_ISLNK(st.st_mode)) {
		if (is_link_to_proc(r))
			return fail("cannot write '%s': it stands for an open file; name a path",
			            r->path);
		if (fstatat(r->dir, r->base, &st, 0) < 0)
			return 0; /* leads nowhere */
	}
	if (S_ISREG(st.st_mode))
		return 0;
	fail("cannot write '%s': it is %s, and only a regular file can be replaced", r->path,
	     kind_of_file(st.st_mode));
	return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
}

static int create_temporary(struct replacement *r, mode_t mode)
{
	int fd = -1;

	for (int tries = 0; tries < 16; tries++) {
		uint64_t random;

		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return fail_errno(errno, "cannot write '%s'", r->path);
		snprintf(r->temporary, sizeof(r->temporary), ".vmconfig-%016" PRIx64, random);
		fd = openat(r->dir, r->temporary,
		            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			break;
	}
	if (fd < 0) {
		r->temporary[0] = '\0';
		return fail_errno(errno, "cannot write '%s'", r->path);
	}
	return fd;
}

int replacement_open(struct replacement *r, const char *path, mode_t mode)
{
	int error;

	*r = (struct replacement){.path = path, .dir = -1};
	error = open_directory(r);
	if (error == 0)
		error = check_destination(r);
	return error ? error : create_temporary(r, mode);
}

int replacement_commit(struct replacement *r)
{
	if (renameat(r->dir, r->temporary, r->dir, r->base) < 0)
		return fail_errno(errno, "cannot write '%s'", r->path);
	r->temporary[0] = '\0';
	return 0;
}

void replacement_release(struct replacement *r)
{
	if (r->temporary[0])
		unlinkat(r->dir, r->temporary, 0);
	if (r->dir >= 0)
		close(r->dir);
	*r = (struct replacement){.dir = -1};
}
