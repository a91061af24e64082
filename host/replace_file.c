/* SPDX-License-Identifier: MIT */
/* Output files, replaced whole: temporary file, fsync(2), rename(2). */
#include "replace_file.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "fill_file.h"
#include "replacement.h"
#include "stop_signals.h"

#define PRIVATE_MODE 0600
#define PUBLIC_MODE  0644

static int fill_temporary(const struct replacement *r, int fd, mode_t mode, const void *data,
                          size_t length, const struct held_signals *held)
{
	int error = fill_file(fd, data, length);

	/* The umask has been at the mode that open(2) gave it, and has a say where others may read.
	 */
	if (error == 0 && mode == PRIVATE_MODE && fchmod(fd, mode) < 0)
		error = -errno;
	if (error == 0 && fsync(fd) < 0)
		error = -errno;
	if (error == 0 && stop_signals_came(held))
		return -EINTR; /* silently: it says itself why vmconfig ends */
	return error ? fail_errno(-error, "cannot write '%s'", r->path) : 0;
}

static int replace_in(struct replacement *r, const char *path, mode_t mode, const void *data,
                      size_t length, const struct held_signals *held)
{
	_cleanup_fd_ int fd = replacement_open(r, path, mode);
	int error;

	if (fd < 0)
		return fd;
	error = fill_temporary(r, fd, mode, data, length, held);
	return error ? error : replacement_commit(r);
}

static int replace(const char *path, mode_t mode, const void *data, size_t length)
{
	/* A file larger than is allowed is an error of write(2), which is enough. */
	const struct sigaction ignored = {.sa_handler = SIG_IGN};
	struct held_signals held = {0};
	struct sigaction too_large;
	struct replacement r;
	int error;

	stop_signals_hold(&held);
	sigaction(SIGXFSZ, &ignored, &too_large);
	error = replace_in(&r, path, mode, data, length, &held);
	replacement_release(&r);
	sigaction(SIGXFSZ, &too_large, NULL);
	stop_signals_release(&held);
	return error;
}

int replace_file(const char *path, const void *data, size_t length)
{
	return replace(path, PRIVATE_MODE, data, length);
}

int replace_public_file(const char *path, const void *data, size_t length)
{
	return replace(path, PUBLIC_MODE, data, length);
}
