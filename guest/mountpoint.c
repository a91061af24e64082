/* SPDX-License-Identifier: MIT */
/* Mounting by file descriptor, and asking what is mounted. */
#include "mountpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

int is_mount_point(const char *path)
{
	char parent[256];
	struct stat a, b;

	if ((size_t)snprintf(parent, sizeof(parent), "%s/..", path) >= sizeof(parent))
		return -ENAMETOOLONG;
	if (stat(path, &a) < 0 || stat(parent, &b) < 0)
		return errno == ENOENT ? 0 : -errno;
	return a.st_dev != b.st_dev;
}

const char *fd_path(int fd, char path[FD_PATH_SIZE])
{
	snprintf(path, FD_PATH_SIZE, "/proc/self/fd/%d", fd);
	return path;
}

int move_mount_to(const char *from, int to_fd)
{
	if (syscall(SYS_move_mount, AT_FDCWD, from, to_fd, "", MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

int remount_readonly(int fd)
{
	_cleanup_fd_ int context = -1;

	context = (int)syscall(SYS_fspick, fd, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);
	if (context < 0)
		return -errno;
	if (syscall(SYS_fsconfig, context, FSCONFIG_SET_FLAG, "ro", NULL, 0) < 0)
		return -errno;
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
		return -errno;
	return 0;
}
