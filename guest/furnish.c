/* SPDX-License-Identifier: MIT */
/* What a root filesystem is given before anything is mounted into it. */
#include "furnish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "log.h"
#include "mountpoint.h"

/* The last one is init's own, and goes into its own root only. */
static const char *const carried[] = {"/proc", "/sys", "/dev", "/run"};

#define CARRIED (sizeof(carried) / sizeof(*carried))
#define RUN     (CARRIED - 1)

static int carry(struct guest *g, int root_fd, const char *name)
{
	_cleanup_fd_ int target = beneath_mkdirs(root_fd, name, 0755);
	char path[FD_PATH_SIZE];

	if (target < 0)
		return guest_error(g, -target, "cannot make '%s' in the root filesystem", name);
	if (mount(name, fd_path(target, path), NULL, MS_BIND | MS_REC, NULL) < 0)
		return guest_error(g, errno, "cannot bind '%s' into the root filesystem", name);
	return 0;
}

static int provide_run(struct guest *g)
{
	_cleanup_fd_ int target = beneath_mkdirs(g->root_fd, carried[RUN], 0755);
	char path[FD_PATH_SIZE];

	if (target < 0)
		return guest_error(g, -target, "cannot make '/run' in the root filesystem");
	if (mount("tmpfs", fd_path(target, path), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
		return guest_error(g, errno, "cannot mount a tmpfs on '/run'");
	return 0;
}

/* /tmp: a directory of the root where that can be written, else a tmpfs. */
static int provide_tmp(struct guest *g, int root_fd, bool readonly)
{
	_cleanup_fd_ int tmp = beneath_open(root_fd, "/tmp", O_PATH | O_DIRECTORY, 0);
	char path[FD_PATH_SIZE];

	if (tmp < 0) {
		tmp = beneath_mkdirs(root_fd, "/tmp", 0755);
		if (tmp < 0)
			return guest_error(g, -tmp, "cannot make '/tmp' in the root filesystem");
		if (chmod(fd_path(tmp, path), 01777) < 0)
			return guest_error(g, errno, "cannot set the mode of '/tmp'");
	}
	if (!readonly)
		return 0;
	if (mount("tmpfs", fd_path(tmp, path), "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0)
		return guest_error(g, errno, "cannot mount a tmpfs on '/tmp'");
	return 0;
}

int furnish_root(struct guest *g)
{
	bool is_inits = !g->config.guest_root;
	int r = 0;

	for (size_t i = 0; r == 0 && i < (is_inits ? CARRIED : RUN); i++)
		r = carry(g, g->root_fd, carried[i]);
	if (r == 0 && !is_inits)
		r = provide_run(g);
	return r < 0 ? r : provide_tmp(g, g->root_fd, g->root_readonly);
}

int furnish_own_root(struct guest *g)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < CARRIED; i++)
		r = carry(g, g->own_root_fd, carried[i]);
	return r < 0 ? r : provide_tmp(g, g->own_root_fd, false);
}

void furnish_release(void)
{
	for (size_t i = CARRIED; i-- > 0;)
		if (umount2(carried[i], MNT_DETACH) < 0)
			log_debug("cannot detach '%s': %m", carried[i]);
}
