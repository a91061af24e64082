/* SPDX-License-Identifier: MIT */
/* Two filesystems as one: what is written goes into the upper of the two. */
#include "overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot_watch.h"
#include "guest.h"
#include "list.h"

int overlay_prepare(struct guest *g)
{
	static const char *const paths[] = {"/vmconfig", NEWROOT, LAYER_LOWER, LAYER_UPPER};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (mkdir(paths[i], 0700) < 0 && errno != EEXIST)
			return guest_error(g, errno, "cannot make '%s'", paths[i]);
	return 0;
}

int overlay_tmpfs(struct guest *g, const char *what)
{
	if (mount("tmpfs", LAYER_UPPER, "tmpfs", 0, "mode=0755") < 0)
		return guest_error(g, errno, "cannot mount a tmpfs for the %s", what);
	return 0;
}

static int pin(struct guest *g, const char *path)
{
	int *items = list_grow(g->pins.items, g->pins.count, sizeof(*items));
	int fd;

	if (!items)
		return -ENOMEM;
	g->pins.items = items;
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	g->pins.items[g->pins.count++] = fd;
	return 0;
}

/* The same device as the upper layer of two would have each find the other's files. */
static int require_own_upper(struct guest *g, const char *what)
{
	struct stat upper, other;

	if (stat(LAYER_UPPER, &upper) < 0)
		return guest_error(g, errno, "cannot look at the upper layer of the %s", what);
	for (size_t i = 0; i < g->pins.count; i++)
		if (fstat(g->pins.items[i], &other) == 0 && other.st_dev == upper.st_dev)
			return guest_error(
			    g, 0, "the upper layer of the %s is that of another overlay", what);
	return 0;
}

/* A link, which a disk from anywhere may hold, would lead to another filesystem's directories. */
static int require_directory(struct guest *g, const char *what, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return guest_error(g, 0, "the upper layer of the %s: '%s' is no directory", what,
	                   path + strlen(LAYER_UPPER));
}

/* The upper directory's owner and mode are the overlay's: at first those of what is below. */
static int make_layers(struct guest *g, const char *what)
{
	static const char upper[] = LAYER_UPPER "/upper", work[] = LAYER_UPPER "/work";
	struct stat lower;

	if (mkdir(work, 0755) < 0 && errno != EEXIST)
		return guest_error(g, errno, "cannot make the upper layer of the %s", what);
	if (require_directory(g, what, work) < 0)
		return -EINVAL;
	if (mkdir(upper, 0700) < 0 && errno == EEXIST)
		return require_directory(g, what, upper);
	if (stat(LAYER_LOWER, &lower) < 0 || chown(upper, lower.st_uid, lower.st_gid) < 0 ||
	    chmod(upper, lower.st_mode & 07777) < 0)
		return guest_error(g, errno, "cannot make the upper layer of the %s", what);
	return 0;
}

int overlay_mount(struct guest *g, const char *what, const char *target)
{
	_doing_ int now = boot_watch_doing("overlaying the %s", what);
	int r = require_own_upper(g, what);

	if (r == 0)
		r = make_layers(g, what);
	if (r < 0)
		return r;
	if (mount("overlay", target, "overlay", 0,
	          "lowerdir=" LAYER_LOWER ",upperdir=" LAYER_UPPER "/upper,workdir=" LAYER_UPPER
	          "/work") < 0) {
		if (errno == ENODEV)
			return guest_error_as(
			    g, "filesystem-unknown",
			    "the kernel knows no 'overlay' filesystem, which the %s needs", what);
		return guest_error(g, errno, "cannot overlay the %s", what);
	}
	r = pin(g, LAYER_UPPER);
	if (r < 0)
		return guest_error(g, -r, "cannot hold the upper layer of the %s", what);
	/* The overlay has mounts of its own for its layers: these names only show them to the
	 * workload. */
	if (umount2(LAYER_LOWER, MNT_DETACH) < 0 || umount2(LAYER_UPPER, MNT_DETACH) < 0)
		return guest_error(g, errno, "cannot detach the layers of the %s", what);
	return 0;
}
