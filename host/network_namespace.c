/* SPDX-License-Identifier: MIT */
/*
 * The network namespace that a bundle's configuration puts its container in.
 * A VMM that is started in it has that network, by its own sockets and by its
 * taps. The hooks of the host are to run outside, so nothing stays there.
 */
#include "network_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

#define OWN "/proc/self/ns/net"

static int is_own(int inner, int outer)
{
	struct stat a, b;

	if (fstat(inner, &a) < 0 || fstat(outer, &b) < 0)
		return fail_errno(errno, "cannot look at a network namespace");
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* To open a device has effects, and a FIFO tells its writer: what it is, is looked at first. */
static int open_inner(const char *path)
{
	_cleanup_fd_ int place = open(path, O_PATH | O_CLOEXEC);
	_cleanup_fd_ int fd = -1;
	struct statfs fs;
	char link[32];

	if (place < 0 || fstatfs(place, &fs) < 0)
		return fail_errno(errno, "cannot open the network namespace '%s'", path);
	if (fs.f_type != NSFS_MAGIC)
		return fail("'%s' is no network namespace", path);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
	fd = open(link, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(errno, "cannot open the network namespace '%s'", path);
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET)
		return fail("'%s' is no network namespace", path);
	return steal_fd(&fd);
}

int network_namespace_open(struct network_namespace *n, const char *path)
{
	int r;

	*n = (struct network_namespace){-1, -1};
	if (!path)
		return 0;
	n->inner = open_inner(path);
	if (n->inner < 0)
		return n->inner;
	n->outer = open(OWN, O_RDONLY | O_CLOEXEC);
	if (n->outer < 0)
		return fail_errno(errno, "cannot open '" OWN "'");
	r = is_own(n->inner, n->outer);
	if (r == 1)
		network_namespace_close(n);
	return r < 0 ? r : 0;
}

int network_namespace_enter(const struct network_namespace *n)
{
	if (n->inner >= 0 && setns(n->inner, CLONE_NEWNET) < 0)
		return fail_errno(errno, "cannot enter the network namespace");
	return 0;
}

int network_namespace_leave(const struct network_namespace *n)
{
	if (n->inner >= 0 && setns(n->outer, CLONE_NEWNET) < 0)
		return fail_errno(errno, "cannot leave the network namespace");
	return 0;
}

void network_namespace_close(struct network_namespace *n)
{
	if (n->inner >= 0)
		close(steal_fd(&n->inner));
	if (n->outer >= 0)
		close(steal_fd(&n->outer));
}
