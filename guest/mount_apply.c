/* SPDX-License-Identifier: MIT */
/*
 * Doing what a mount plan says.
 *
 * A mount is finished before it is seen: it is made apart from the tree, given
 * its options and content there, and then attached by file descriptor, so that
 * no link of the image is followed out of it.
 *
 * libmount sorts the options (mount_options.c), but its mnt_context mounts
 * nothing here. In 2.38 it knows only mount(2), which takes the target by name,
 * shows the mount before it has its attributes, has none for a whole tree, and
 * does not say which option was refused; and it makes init larger by a fifth.
 */
#include "mount_apply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "copy_tree.h"
#include "device.h"
#include "guest.h"
#include "mount_plan.h"
#include "mount_tree.h"
#include "mountpoint.h"
#include "superblock.h"

static bool has_key(const struct strlist *words, const char *key)
{
	for (size_t i = 0; i < words->count; i++)
		if (strncmp(words->items[i], key, strlen(key)) == 0)
			return true;
	return false;
}

static int change(struct guest *g, const struct mount_step *s, int fd)
{
	int r = tree_change(fd, &s->options.here, false);

	if (r == 0)
		r = tree_change(fd, &s->options.all, true);
	if (r == -EINVAL && s->action == MOUNT_ADJUST)
		return guest_error(g, 0, "nothing is mounted on '%s'", s->destination);
	return r < 0 ? guest_error(g, -r, "cannot set the options of the mount on '%s'",
	                           s->destination)
	             : 0;
}

/* The mount that is there since before, out of the way. */
static int take_away(struct guest *g, const struct mount_step *s)
{
	_cleanup_fd_ int fd = beneath_open(g->root_fd, s->destination, O_PATH | O_DIRECTORY, 0);
	char path[FD_PATH_SIZE];

	if (fd >= 0 && umount2(fd_path(fd, path), MNT_DETACH) < 0 && errno != EINVAL)
		return guest_error(g, errno, "cannot unmount what is on '%s'", s->destination);
	return 0;
}

static int attach(struct guest *g, const struct mount_step *s, int tree, int target)
{
	struct stat root, there;
	int r;

	/* By way of a link of the image: everything mounted so far would be out of sight. */
	if (fstat(g->root_fd, &root) == 0 && fstat(target, &there) == 0 &&
	    root.st_dev == there.st_dev && root.st_ino == there.st_ino)
		return guest_error(g, 0, "mount on '%s': that is the root filesystem itself",
		                   s->destination);
	r = tree_attach(tree, target);
	return r < 0 ? guest_error(g, -r, "cannot mount on '%s'", s->destination) : 0;
}

static int cannot_make(struct guest *g, const struct mount_step *s, int error)
{
	return guest_error(g, -error, "cannot make '%s' for a mount", s->destination);
}

static int apply_bind(struct guest *g, const struct mount_step *s)
{
	_cleanup_fd_ int source = beneath_open(g->root_fd, s->source, O_PATH, 0);
	_cleanup_fd_ int target = -1, tree = -1;
	struct stat st;
	int r;

	if (source < 0 || fstat(source, &st) < 0)
		return guest_error(g, source < 0 ? -source : errno,
		                   "mount on '%.250s': cannot open its source '%.250s'",
		                   s->destination, s->source);
	target = S_ISDIR(st.st_mode) ? beneath_mkdirs(g->root_fd, s->destination, 0755)
	                             : beneath_mkfile(g->root_fd, s->destination);
	if (target < 0)
		return cannot_make(g, s, target);
	tree = tree_clone(source, s->options.recursive);
	if (tree < 0)
		return guest_error(g, -tree, "cannot bind '%.250s' on '%.250s'", s->source,
		                   s->destination);
	r = change(g, s, tree);
	return r < 0 ? r : attach(g, s, tree, target);
}

/*
 * A tmpfs has the mode and owner of the directory that it covers, as container
 * engines have it, and with tmpcopyup its content.
 */
static int dress_tmpfs(struct guest *g, const struct mount_step *s, int tree, int target)
{
	const struct strlist *own = &s->options.own;
	struct stat st;
	int r = fstat(target, &st) < 0 ? -errno : 0;

	if (r == 0 && !has_key(own, "uid=") && !has_key(own, "gid=") &&
	    fchownat(tree, ".", st.st_uid, st.st_gid, 0) < 0)
		r = -errno;
	if (r == 0 && !has_key(own, "mode=") && fchmodat(tree, ".", st.st_mode & 07777, 0) < 0)
		r = -errno;
	if (r == 0 && s->options.copy_up)
		r = copy_tree(target, tree);
	return r < 0 ? guest_error(g, -r, "cannot copy '%s' into the tmpfs on it", s->destination)
	             : 0;
}

/* @made: set when there was none */
static int open_target(struct guest *g, const struct mount_step *s, bool *made)
{
	int fd = beneath_open(g->root_fd, s->destination, O_PATH | O_DIRECTORY, 0);

	*made = fd == -ENOENT;
	if (*made)
		fd = beneath_mkdirs(g->root_fd, s->destination, 0755);
	return fd < 0 ? cannot_make(g, s, fd) : fd;
}

static int apply_fresh(struct guest *g, const struct mount_step *s)
{
	_cleanup_fd_ int target = -1, tree = -1;
	char node[DEVICE_NODE_SIZE];
	bool made;
	int r = 0;

	if (s->from_device)
		r = device_wait(g, "source of a mount", s->source, node);
	if (r == 0 && s->replaces)
		r = take_away(g, s);
	if (r < 0)
		return r;
	target = open_target(g, s, &made);
	if (target < 0)
		return target;
	tree = superblock_create(g, s, s->from_device ? node : s->source);
	if (tree < 0)
		return tree;
	if (!made && strcmp(s->fstype, "tmpfs") == 0)
		r = dress_tmpfs(g, s, tree, target);
	if (r == 0)
		r = change(g, s, tree);
	return r < 0 ? r : attach(g, s, tree, target);
}

static int apply_adjust(struct guest *g, const struct mount_step *s)
{
	_cleanup_fd_ int fd = beneath_open(g->root_fd, s->destination, O_PATH, 0);
	int r;

	if (fd < 0)
		return guest_error(g, -fd, "cannot open '%s' to set the options of its mount",
		                   s->destination);
	r = superblock_adjust(g, s, fd);
	return r < 0 ? r : change(g, s, fd);
}

int mount_apply(struct guest *g, const struct mount_step *s)
{
	switch (s->action) {
	case MOUNT_BIND:
		return apply_bind(g, s);
	case MOUNT_ADJUST:
		return apply_adjust(g, s);
	case MOUNT_FRESH:
		break;
	}
	return apply_fresh(g, s);
}
