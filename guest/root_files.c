/* SPDX-License-Identifier: MIT */
/*
 * The config's files, put into the new root.
 *
 * On the root filesystem, and in memory, a file is written, at once and whole.
 * On a volume or a share it would outlive the machine, secrets with it, and one
 * that is read-only could not take it: there it is bound over an empty file,
 * as OCI's single-file mounts are, from a tmpfs that nothing else shows.
 */
#include "root_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base64.h"
#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "mount_tree.h"

#define STORE        "/vmconfig/files"
#define STORED       "file"
#define DEFAULT_MODE 0644

static int open_content(const struct file *f, struct beneath_file *content, void **decoded)
{
	size_t size = 0;

	*content = (struct beneath_file){
	    .data = f->content ? f->content : "",
	    .length = f->content ? strlen(f->content) : 0,
	    .mode = f->mode.set ? (mode_t)f->mode.value : DEFAULT_MODE,
	    .owned = true,
	    .uid = f->uid.set ? (uid_t)f->uid.value : 0,
	    .gid = f->gid.set ? (gid_t)f->gid.value : 0,
	};
	if (!f->content_base64)
		return 0;
	*decoded = base64_decode(f->content_base64, &size);
	if (!*decoded)
		return -errno;
	content->data = *decoded;
	content->length = size;
	return 0;
}

static bool takes_files(struct guest *g, int dir_fd)
{
	struct stat root, there;
	struct statfs fs;

	if (fstat(g->root_fd, &root) < 0 || fstat(dir_fd, &there) < 0 || fstatfs(dir_fd, &fs) < 0)
		return false;
	return root.st_dev == there.st_dev || fs.f_type == TMPFS_MAGIC;
}

/* A tmpfs in the initramfs, where bind mounts can be made from; they outlive its unmounting. */
static int open_store(void)
{
	_cleanup_fd_ int tree = -1, place = -1;
	int r, fd;

	if (mkdir(STORE, 0700) < 0 && errno != EEXIST)
		return -errno;
	place = open(STORE, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	tree = tree_empty(NULL, "0700");
	r = place < 0 ? -errno : tree < 0 ? tree : tree_attach(tree, place);
	if (r < 0)
		return r;
	fd = open(STORE, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int bind_file(struct guest *g, const char *path, const struct beneath_file *content)
{
	_cleanup_fd_ int target = beneath_mkfile(g->root_fd, path);
	_cleanup_fd_ int store = -1, file = -1, tree = -1;
	struct stat st;
	int r;

	if (target < 0)
		return target;
	if (fstat(target, &st) == 0 && S_ISDIR(st.st_mode))
		return -EISDIR;
	store = open_store();
	if (store < 0)
		return store;
	r = beneath_place(store, STORED, content);
	if (r == 0) {
		file = openat(store, STORED, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		tree = file < 0 ? -errno : tree_clone(file, false);
		r = tree < 0 ? tree : tree_attach(tree, target);
	}
	if (umount2(STORE, MNT_DETACH) < 0 && r == 0)
		r = -errno;
	return r;
}

static int put_file(struct guest *g, const struct file *f)
{
	struct beneath_file content;
	_cleanup_free_ void *decoded = NULL;
	_cleanup_fd_ int dir_fd = -1;
	const char *name;
	int r = open_content(f, &content, &decoded);

	if (r < 0)
		return r;
	dir_fd = beneath_parent(g->root_fd, f->path, &name);
	if (dir_fd < 0)
		return dir_fd;
	r = takes_files(g, dir_fd) ? beneath_place(dir_fd, name, &content) : -EROFS;
	/* EBUSY: a mount of the config's is there. */
	if (r == -EROFS || r == -EBUSY)
		r = bind_file(g, f->path, &content);
	return r;
}

int root_files_put(struct guest *g)
{
	for (size_t i = 0; i < g->config.files.count; i++) {
		int r = put_file(g, &g->config.files.items[i]);

		if (r < 0)
			return guest_error(g, -r, "cannot put the file '%s'",
			                   g->config.files.items[i].path);
	}
	return 0;
}
