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

int scratch_file(const char *dir, int *reader)
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
