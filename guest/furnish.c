/* SPDX-License-Identifier: MIT */
/* What a root filesystem is given before anything is mounted into it. */
#include "furnish.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "log.h"
#include "mountpoint.h"

static const char *const carried[] = {"/proc", "/sys", "/dev", "/run"};

#define CARRIED (sizeof(carried) / sizeof(*carried))

static int carry(struct guest *g, const char *name)
{
	_cleanup_fd_ int target = beneath_mkdirs(g->root_fd, name, 0755);
	char path[FD_PATH_SIZE];

	if (target < 0)
		return guest_error(g, -target, "cannot make '%s' in the root filesystem", name);
	if (mount(name, fd_path(target, path), NULL, MS_BIND | MS_REC, NULL) < 0)
		return guest_error(g, errno, "cannot bind '%s' into the root filesystem", name);
	return 0;
}

/* /tmp: a directory of the root where that can be written, else a tmpfs. */
static int provide_tmp(struct guest *g)
{
	_cleanup_fd_ int tmp = beneath_open(g->root_fd, "/tmp", O_PATH | O_DIRECTORY, 0);
	char path[FD_PATH_SIZE];

	if (tmp < 0) {
		tmp = beneath_mkdirs(g->root_fd, "/tmp", 0755);
		if (tmp < 0)
			return guest_error(g, -tmp, "cannot make '/tmp' in the root filesystem");
		if (chmod(fd_path(tmp, path), 01777) < 0)
			return guest_error(g, errno, "cannot set the mode of '/tmp'");
	}
	if (!g->root_readonly)
		return 0;
	if (mount("tmpfs", fd_path(tmp, path), "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0)
		return guest_error(g, errno, "cannot mount a tmpfs on '/tmp'");
	return 0;
}

int furnish_root(struct guest *g)
{
	for (size_t i = 0; i < CARRIED; i++) {
		int r = carry(g, carried[i]);

		if (r < 0)
			return r;
	}
	return provide_tmp(g);
}

void furnish_release(void)
{
	for (size_t i = CARRIED; i-- > 0;)
		if (umount2(carried[i], MNT_DETACH) < 0)
			log_debug("cannot detach '%s': %m", carried[i]);
}
