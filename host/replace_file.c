/* SPDX-License-Identifier: MIT */
/* Output files, replaced whole: temporary file, fsync(2), rename(2). */
#include "replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

#define OUTPUT_MODE 0600

struct replacement {
	const char *path;   /* as the user gave it, for messages */
	const char *base;   /* its last component */
	int dir;            /* the directory that holds it */
	char temporary[40]; /* in the same directory; "" when there is none */
};

/* What would end the process while the temporary file stands. SIGXFSZ comes with EFBIG, which is
 * enough. */
static const int held_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};

#define HELD_COUNT (sizeof(held_signals) / sizeof(held_signals[0]))

static void hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < HELD_COUNT; i++)
		sigaddset(&held, held_signals[i]);
	pthread_sigmask(SIG_BLOCK, &held, before);
}

static void release_signals(const sigset_t *before)
{
	static const struct timespec at_once;
	sigset_t too_large;

	sigemptyset(&too_large);
	sigaddset(&too_large, SIGXFSZ);
	sigtimedwait(&too_large, NULL, &at_once);
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* A blocked signal becomes pending even when it is ignored (nohup): that one interrupts nothing. */
static bool is_interrupted(void)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < HELD_COUNT; i++) {
		struct sigaction action;

		if (held_signals[i] != SIGXFSZ && sigismember(&pending, held_signals[i]) == 1 &&
		    sigaction(held_signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			return true;
	}
	return false;
}

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

static int create_temporary(struct replacement *r)
{
	int fd = -1;

	for (int tries = 0; tries < 16; tries++) {
		uint64_t random;

		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return fail_errno(errno, "cannot write '%s'", r->path);
		snprintf(r->temporary, sizeof(r->temporary), ".vmconfig-%016" PRIx64, random);
		fd = openat(r->dir, r->temporary,
		            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, OUTPUT_MODE);
		if (fd >= 0 || errno != EEXIST)
			break;
	}
	if (fd < 0) {
		r->temporary[0] = '\0';
		return fail_errno(errno, "cannot write '%s'", r->path);
	}
	return fd;
}

static int write_whole(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

/* The zeros at the end of a disk need no writing, nor blocks. */
static size_t without_trailing_zeros(const char *data, size_t length)
{
	static const char zeros[4096];

	while (length >= sizeof(zeros) &&
	       memcmp(data + length - sizeof(zeros), zeros, sizeof(zeros)) == 0)
		length -= sizeof(zeros);
	return length;
}

static int fill_temporary(const struct replacement *r, int fd, const void *data, size_t length)
{
	int error = write_whole(fd, data, without_trailing_zeros(data, length));

	if (error == 0 && ftruncate(fd, (off_t)length) < 0)
		error = -errno;

	/* The umask has been at the mode that open(2) gave it. */
	if (error == 0 && fchmod(fd, OUTPUT_MODE) < 0)
		error = -errno;
	if (error == 0 && fsync(fd) < 0)
		error = -errno;
	if (error == 0 && is_interrupted())
		error = -EINTR;
	return error ? fail_errno(-error, "cannot write '%s'", r->path) : 0;
}

static int put_in_place(struct replacement *r)
{
	if (renameat(r->dir, r->temporary, r->dir, r->base) < 0)
		return fail_errno(errno, "cannot write '%s'", r->path);
	r->temporary[0] = '\0';
	/* The file is whole whatever comes of this. EINVAL: a filesystem that has nothing to sync.
	 */
	if (fsync(r->dir) < 0 && errno != EINVAL)
		warn("'%s' is written, but its directory cannot be synced: %s", r->path,
		     strerror(errno));
	return 0;
}

static int replace_in(struct replacement *r, const void *data, size_t length)
{
	_cleanup_fd_ int fd = create_temporary(r);
	int error;

	if (fd < 0)
		return fd;
	error = fill_temporary(r, fd, data, length);
	return error ? error : put_in_place(r);
}

int replace_file(const char *path, const void *data, size_t length)
{
	struct replacement r = {.path = path, .dir = -1};
	sigset_t before;
	int error = open_directory(&r);

	if (error == 0)
		error = check_destination(&r);
	if (error == 0) {
		hold_signals(&before);
		error = replace_in(&r, data, length);
		if (r.temporary[0])
			unlinkat(r.dir, r.temporary, 0);
		release_signals(&before);
	}
	if (r.dir >= 0)
		close(r.dir);
	return error;
}
