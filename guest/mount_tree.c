/* SPDX-License-Identifier: MIT */
/* Mounts that are not in the tree yet. */
#include "mount_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "mount_options.h"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

int tree_clone(int fd, bool recursive)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
	long tree = syscall(SYS_open_tree, fd, "", flags | (recursive ? AT_RECURSIVE : 0));

	return tree < 0 ? -errno : (int)tree;
}

int tree_change(int fd, const struct mount_change *c, bool recursive)
{
	struct mount_attr attr = {
	    .attr_set = c->set, .attr_clr = c->clear, .propagation = c->propagation};
	unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);

	if (!c->set && !c->clear && !c->propagation)
		return 0;
	return syscall(SYS_mount_setattr, fd, "", flags, &attr, sizeof(attr)) < 0 ? -errno : 0;
}

int tree_attach(int fd, int target_fd)
{
	unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;

	return syscall(SYS_move_mount, fd, "", target_fd, "", flags) < 0 ? -errno : 0;
}

static int set_string(int context, const char *key, const char *value)
{
	return value ? (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0) : 0;
}

int tree_empty(const char *size, const char *mode)
{
	_cleanup_fd_ int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	long tree;

	if (context < 0 || set_string(context, "source", "tmpfs") < 0 ||
	    set_string(context, "size", size) < 0 || set_string(context, "mode", mode) < 0 ||
	    syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	tree = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	return tree < 0 ? -errno : (int)tree;
}
