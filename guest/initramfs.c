/* SPDX-License-Identifier: MIT */
/* The memory of the initramfs. */
#include "initramfs.h"

#include <linux/magic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "guest.h"
#include "log.h"
#include "remove_tree.h"

static bool is_memory(int fd)
{
	struct statfs fs;
	struct stat st;

	return fstatfs(fd, &fs) == 0 && fstat(fd, &st) == 0 &&
	       (fs.f_type == RAMFS_MAGIC || fs.f_type == TMPFS_MAGIC);
}

void initramfs_empty(struct guest *g)
{
	int fd = steal_fd(&g->initramfs_fd);

	if (fd < 0)
		return;
	/* Only ever memory, and only this one filesystem: whatever else is mounted there keeps its
	 * files. */
	if (is_memory(fd)) {
		remove_contents(fd);
		return;
	}
	log_debug("the first root is no initramfs: left as it is");
	close(fd);
}
