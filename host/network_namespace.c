/* SPDX-License-Identifier: MIT */
/*
 * The network namespace that a bundle's configuration puts its container in.
 * A VMM that is started in it has that network, by its own sockets and by its
 * taps. The hooks of the host are to run outside, so nothing stays there.
 */
#include "network_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
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

int network_namespace_open(struct network_namespace *n, const char *path)
{
	int r;

	*n = (struct network_namespace){-1, -1};
	if (!path)
		return 0;
	/* A FIFO must not hold us up. */
	n->inner = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (n->inner < 0)
		return fail_errno(errno, "cannot open the network namespace '%s'", path);
	if (ioctl(n->inner, NS_GET_NSTYPE) != CLONE_NEWNET)
		return fail("'%s' is no network namespace", path);
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
