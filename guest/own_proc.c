/* SPDX-License-Identifier: MIT */
/* init's own view of /proc, which a config cannot make read-only. */
#include "own_proc.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define NOT_HELD (-1)

static int proc_fd = NOT_HELD;

void own_proc_keep(void)
{
	proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int own_proc_open(const char *name, int flags)
{
	int dir_fd =
	    proc_fd != NOT_HELD ? proc_fd : open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = openat(dir_fd, name, flags | O_CLOEXEC);
	int r = fd < 0 ? -errno : fd;

	if (dir_fd != proc_fd && dir_fd >= 0)
		close(dir_fd);
	return r;
}
