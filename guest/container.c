/* SPDX-License-Identifier: MIT */
/* Where the workload's root is, and a mount namespace for it. */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "log.h"
#include "own_proc.h"
#include "propagation.h"
#include "steps.h"

#define OWN_NAMESPACE "self/ns/mnt"

int container_place(struct guest *g)
{
	int fd;

	if (!g->config.guest_root) {
		fd = open(NEWROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return fd < 0 ? guest_error(g, errno, "cannot open the root filesystem") : fd;
	}
	/* In init's own /run, wherever links of the image have led that. Others of the guest's do
	 * not come by here to what the container's root keeps from its own. */
	fd = beneath_mkdirs(g->own_root_fd, CONTAINER_ROOT, 0700);
	return fd < 0
	           ? guest_error(g, -fd, "cannot make '%s' in the guest's own root", CONTAINER_ROOT)
	           : fd;
}

static const char *container_path(const struct guest *g)
{
	return g->config.guest_root ? CONTAINER_ROOT : "/";
}

int container_open(struct guest *g)
{
	const char *path = container_path(g);
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? guest_error(g, errno, "cannot open '%s'", path) : fd;
}

/* In the new namespace, in the directory that is to be its root. */
static int pivot(void)
{
	/* A shared mount can be no place for the old root, which stands on the new one for a
	 * moment.
	 */
	if (mount(NULL, ".", NULL, MS_PRIVATE, NULL) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

static int make_root(struct guest *g)
{
	_cleanup_fd_ int root = -1;
	int r = pivot();

	if (r < 0)
		return guest_error(g, -r, "cannot make the workload's root that of a namespace");
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return guest_error(g, errno, "cannot open the workload's root");
	r = propagation_set(g, root);
	if (r < 0)
		return r;
	if (g->root_readonly && mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return guest_error(g, errno, "cannot make the root filesystem read-only");
	g->container_ns = own_proc_open(OWN_NAMESPACE, O_RDONLY);
	return g->container_ns < 0
	           ? guest_error(g, -g->container_ns, "cannot open the workload's mount namespace")
	           : 0;
}

int container_separate(struct guest *g)
{
	int r;

	if (!g->config.guest_root)
		return 0;
	g->own_ns = own_proc_open(OWN_NAMESPACE, O_RDONLY);
	if (g->own_ns < 0)
		return guest_error(g, -g->own_ns, "cannot open init's mount namespace");
	if (chdir(CONTAINER_ROOT) < 0 || unshare(CLONE_NEWNS) < 0)
		return guest_error(g, errno, "cannot make a mount namespace for the workload");
	r = make_root(g);
	if (setns(g->own_ns, CLONE_NEWNS) < 0)
		return guest_error(g, errno, "cannot return to init's mount namespace");
	/* What the workload mounts on a shared mount of its is not to appear here. */
	if (r == 0 && mount(NULL, CONTAINER_ROOT, NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		r = guest_error(g, errno, "cannot make '%s' private", CONTAINER_ROOT);
	return r;
}

static int apply_enter(const struct step *s)
{
	return setns((int)s->values[0], CLONE_NEWNS) < 0 ? -errno : 0;
}

int container_plan(const struct guest *g, struct steps *plan)
{
	const struct step enter = {.apply = apply_enter, .values = {(uint64_t)g->container_ns}};

	if (!g->config.guest_root)
		return 0;
	return steps_add(plan, &enter, "enter the workload's mount namespace");
}

int container_enter(const struct guest *g)
{
	if (g->container_ns < 0)
		return -ENOENT;
	return setns(g->container_ns, CLONE_NEWNS) < 0 ? -errno : 0;
}

void container_leave(const struct guest *g)
{
	if (g->own_ns >= 0 && setns(g->own_ns, CLONE_NEWNS) < 0)
		log_error("cannot return to init's mount namespace: %m");
}
