/* SPDX-License-Identifier: MIT */
/*
 * The new root becomes "/": a real switch, by moving mounts, so that
 * containers and user namespaces inside find nothing beneath it. When that is a
 * root of the guest's own, the workload's becomes "/" in a namespace of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "container.h"
#include "device.h"
#include "furnish.h"
#include "guest.h"
#include "own_proc.h"

/* A read-only root takes no directory any more once the workload starts. That it is none after all
 * is for the workload phase to say. */
static void make_workdir(struct guest *g)
{
	const char *path = g->config.workdir;
	int fd = path && *path ? beneath_mkdirs(g->root_fd, path, 0755) : -ENOENT;

	if (fd >= 0)
		close(fd);
}

/*
 * Links of an image may lead a volume to where these are, or to the root itself.
 * init goes on to use what is there: it would wait for a FIFO in the place of
 * /dev/console.
 */
static int require_kernels_own(struct guest *g, int root)
{
	static const char *const paths[] = {"/proc", "/sys", "/dev"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		_cleanup_fd_ int fd = beneath_open(root, paths[i], O_PATH | O_DIRECTORY, 0);
		struct stat ours, there;

		if (fd < 0 || fstat(fd, &there) < 0 || stat(paths[i], &ours) < 0 ||
		    there.st_dev != ours.st_dev)
			return guest_error(
			    g, 0, "'%s' of the root filesystem is hidden by a volume or a link",
			    paths[i]);
	}
	return 0;
}

/* What may have been mounted over one as a whole counts: both are looked up anew. */
static int check_roots(struct guest *g)
{
	_cleanup_fd_ int newroot = open(NEWROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int workloads = -1;
	int r;

	if (newroot < 0)
		return guest_error(g, errno, "cannot open '" NEWROOT "'");
	r = require_kernels_own(g, newroot);
	if (r < 0)
		return r;
	workloads = container_place(g);
	return workloads < 0 ? workloads : require_kernels_own(g, workloads);
}

static void close_roots(struct guest *g)
{
	close(steal_fd(&g->root_fd));
	if (g->own_root_fd >= 0)
		close(steal_fd(&g->own_root_fd));
}

static int make_readonly(struct guest *g)
{
	if (!g->root_readonly || g->config.guest_root ||
	    mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0)
		return 0;
	return guest_error(g, errno, "cannot make the root filesystem read-only");
}

int phase_switch_root(struct guest *g)
{
	_cleanup_fd_ int old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (old < 0)
		return guest_error(g, errno, "cannot open the initramfs");
	device_unbound(); /* the config disk: nobody else is to find it */
	if (g->root_readonly)
		make_workdir(g);
	r = check_roots(g);
	if (r < 0)
		return r;
	own_proc_keep();
	furnish_release();
	if (chdir(NEWROOT) < 0)
		return guest_error(g, errno, "cannot enter the root filesystem");
	/* pivot_root(2) does not work on the initramfs, which nothing can be put in the place of.
	 */
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0)
		return guest_error(g, errno, "cannot move the root filesystem to '/'");
	if (chroot(".") < 0 || chdir("/") < 0)
		return guest_error(g, errno, "cannot change to the root filesystem");
	g->initramfs_fd = steal_fd(&old);
	close_roots(g);
	r = make_readonly(g);
	return r < 0 ? r : container_separate(g);
}
