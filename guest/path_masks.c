/* SPDX-License-Identifier: MIT */
/*
 * What the workload is not to see, and what it is not to change.
 *
 * All in the new root: init's own /proc, in the initramfs, stays as it is until
 * the roots are switched.
 */
#include "path_masks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "mount_options.h"
#include "mount_tree.h"

static const struct mount_change readonly = {.set = MOUNT_ATTR_RDONLY};

/* What a masked file reads as: nothing. */
static int clone_null(struct guest *g)
{
	_cleanup_fd_ int fd = beneath_open(g->root_fd, "/dev/null", O_PATH, 0);

	return fd < 0 ? fd : tree_clone(fd, false);
}

static int cover(struct guest *g, int target)
{
	_cleanup_fd_ int tree = -1;
	struct stat st;
	int r;

	if (fstat(target, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode)) {
		tree = clone_null(g);
		return tree < 0 ? tree : tree_attach(tree, target);
	}
	tree = tree_empty("4k", "0555");
	r = tree < 0 ? tree : tree_change(tree, &readonly, false);
	return r < 0 ? r : tree_attach(tree, target);
}

/* Read-only on top of what it is: a bind mount keeps nosuid, nodev and the like. */
static int protect(struct guest *g, int target)
{
	_cleanup_fd_ int tree = tree_clone(target, true);
	int r = tree < 0 ? tree : tree_change(tree, &readonly, true);

	(void)g;
	return r < 0 ? r : tree_attach(tree, target);
}

static int apply(struct guest *g, const struct strlist *paths, const char *what,
                 int (*act)(struct guest *, int))
{
	for (size_t i = 0; i < paths->count; i++) {
		_cleanup_fd_ int fd = beneath_open(g->root_fd, paths->items[i], O_PATH, 0);
		struct stat root, st;
		int r = fd < 0 ? fd : 0;

		if (fd == -ENOENT || fd == -ENOTDIR)
			continue;
		if (r == 0 && fstat(fd, &st) == 0 && fstat(g->root_fd, &root) == 0 &&
		    st.st_dev == root.st_dev && st.st_ino == root.st_ino)
			return guest_error(g, 0, "%s '%s' is the root filesystem itself", what,
			                   paths->items[i]);
		if (r == 0)
			r = act(g, fd);
		if (r < 0)
			return guest_error(g, -r, "cannot apply %s '%s'", what, paths->items[i]);
	}
	return 0;
}

int path_masks_apply(struct guest *g)
{
	int r = apply(g, &g->config.masked_paths, "masked path", cover);

	return r < 0 ? r : apply(g, &g->config.readonly_paths, "read-only path", protect);
}
