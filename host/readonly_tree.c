/* SPDX-License-Identifier: MIT */
/* Read-only for the server itself, so that no guest can have it otherwise. */
#include "readonly_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 1
#endif

/* As the kernel has it: C libraries know struct mount_attr not everywhere. */
struct attributes {
	uint64_t set, clear, propagation, user_namespace;
};

int readonly_tree(const char *path)
{
	/* What the host mounts below would arrive here writable, were it not private. */
	const struct attributes readonly = {.set = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE};

	/* All else goes with the host's: a filesystem that it unmounts is not kept busy here. */
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
	    mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0)
		return -errno;
	if (syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE, &readonly, sizeof(readonly)) <
	    0)
		return -errno;
	return 0;
}
