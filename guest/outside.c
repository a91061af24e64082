/* SPDX-License-Identifier: MIT */
/* A root of our own in memory, in the place of the one that is there. */
#include "outside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

/* A filesystem that is not in the tree yet: no directory of the workload's is needed to make it. */
static int make_filesystem(const char *type)
{
	_cleanup_fd_ int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
	int fd;

	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

int outside_enter(void)
{
	_cleanup_fd_ int outside = make_filesystem("tmpfs");
	_cleanup_fd_ int proc = make_filesystem("proc");

	if (outside < 0 || proc < 0)
		return outside < 0 ? outside : proc;
	/* pivot_root(2) refuses shared mounts, which the workload may have made of all. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	if (mkdirat(outside, OUTSIDE_OLD + 1, 0700) < 0 || mkdirat(outside, "proc", 0700) < 0)
		return -errno;
	if (syscall(SYS_move_mount, outside, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return -errno;
	/* The list of mounts is read from here; the workload's /proc goes with everything else. */
	if (syscall(SYS_move_mount, proc, "", outside, "proc", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return -errno;
	if (fchdir(outside) < 0 || syscall(SYS_pivot_root, ".", OUTSIDE_OLD + 1) < 0)
		return -errno;
	/* It has moved the root of every process that had the old one, ours too. */
	(void)!chroot(".");
	(void)!chdir("/");
	return 0;
}
