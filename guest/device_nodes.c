/* SPDX-License-Identifier: MIT */
/* The config's devices, as nodes in the new root. */
#include "device_nodes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "mountpoint.h"

#define DEFAULT_MODE 0666

/* By enum device_type of the config: c, b, u, p. */
static const mode_t formats[] = {0, S_IFCHR, S_IFBLK, S_IFCHR, S_IFIFO};

static dev_t number_of(const struct device_node *d, mode_t format)
{
	if (format == S_IFIFO)
		return 0;
	return makedev((unsigned)d->major.value, (unsigned)d->minor.value);
}

/* mknod(2), unless it is there. */
static int make_node(int dir_fd, const char *name, mode_t format, dev_t number)
{
	struct stat st;

	if (mknodat(dir_fd, name, format, number) == 0)
		return 0;
	if (errno != EEXIST || fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if ((st.st_mode & S_IFMT) == format && (format == S_IFIFO || st.st_rdev == number))
		return 0;
	if (unlinkat(dir_fd, name, 0) < 0 || mknodat(dir_fd, name, format, number) < 0)
		return -errno;
	return 0;
}

static int make(struct guest *g, const struct device_node *d)
{
	const mode_t format = formats[d->type];
	const char *name;
	_cleanup_fd_ int dir_fd = beneath_parent(g->root_fd, d->path, &name);
	_cleanup_fd_ int fd = -1;
	char path[FD_PATH_SIZE];
	int r = dir_fd < 0 ? dir_fd : make_node(dir_fd, name, format, number_of(d, format));

	if (r < 0)
		return guest_error(g, -r, "cannot make the device '%s'", d->path);
	/* By way of its file descriptor: a link that has taken its place is not followed. */
	fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 ||
	    fchownat(fd, "", d->uid.set ? (uid_t)d->uid.value : 0,
	             d->gid.set ? (gid_t)d->gid.value : 0, AT_EMPTY_PATH) < 0 ||
	    chmod(fd_path(fd, path), d->file_mode.set ? (mode_t)d->file_mode.value : DEFAULT_MODE) <
	        0)
		return guest_error(g, errno, "cannot set the owner and mode of the device '%s'",
		                   d->path);
	return 0;
}

int device_nodes_make(struct guest *g)
{
	for (size_t i = 0; i < g->config.devices.count; i++) {
		int r = make(g, &g->config.devices.items[i]);

		if (r < 0)
			return r;
	}
	return 0;
}
