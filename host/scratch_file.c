/* SPDX-License-Identifier: MIT */
/* Files for the time that they are open. Not every filesystem has O_TMPFILE. */
#include "scratch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "stop_signals.h"

/* Return: a descriptor, or -1 where the kernel or the filesystem has no such files. */
static int open_nameless(const char *dir, int *reader)
{
	_cleanup_fd_ int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char link[40];

	if (fd < 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	*reader = open(link, O_RDONLY | O_CLOEXEC);
	return *reader < 0 ? -1 : steal_fd(&fd);
}

/* It has a name for a moment, in which only SIGKILL can end vmconfig. */
static int open_unlinked(const char *dir, int *reader)
{
	_cleanup_free_ char *path = NULL;
	struct held_signals held = {0};
	_cleanup_fd_ int fd = -1;
	int error = 0;

	if (asprintf(&path, "%s/vmconfig-XXXXXX", dir) < 0) {
		path = NULL;
		return fail_errno(ENOMEM, "cannot make a file in '%s'", dir);
	}
	stop_signals_hold(&held);
	fd = mkostemp(path, O_CLOEXEC);
	*reader = fd < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (*reader < 0)
		error = errno;
	if (fd >= 0)
		unlink(path);
	stop_signals_release(&held);
	return error ? fail_errno(error, "cannot make a file in '%s'", dir) : steal_fd(&fd);
}

int scratch_file(const char *dir, int *reader)
{
	int fd = open_nameless(dir, reader);

	/* Whatever else was in the way is in the way again, and said then. */
	return fd < 0 ? open_unlinked(dir, reader) : fd;
}
