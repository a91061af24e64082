/* SPDX-License-Identifier: MIT */
/*
 * Kernel parameters, in the order of the config.
 *
 * After the network: parameters of an interface are there once its driver is
 * loaded and it has its name. Before the config's mounts: its read-only paths
 * may have /proc/sys among them.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "sysctl_path.h"

static int set(struct guest *g, int root, const char *name, const char *value)
{
	char path[256];
	_cleanup_fd_ int fd = -1;
	size_t length = strlen(value);
	ssize_t n;

	if (sysctl_path(name, path, sizeof(path)) < 0)
		return guest_error(g, 0, "the name '%.64s…' is too long", name);
	fd = beneath_open(root, path, O_WRONLY, 0);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return guest_error(g, 0, "this kernel has no parameter '%s'", name);
	if (fd < 0)
		return guest_error(g, -fd, "cannot set '%s'", name);
	/* In one piece: each write is a new value. */
	n = write(fd, value, length);
	if (n < 0)
		return guest_error(g, errno, "cannot set '%s' to '%s'", name, value);
	if ((size_t)n != length)
		return guest_error(g, 0, "the kernel took only a part of '%s' for '%s'", value,
		                   name);
	return 0;
}

int phase_sysctl(struct guest *g)
{
	const struct strmap *parameters = &g->config.sysctl;
	_cleanup_fd_ int root = -1;
	int r = 0;

	if (!parameters->count)
		return 0;
	root = open("/proc/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return guest_error(g, errno, "cannot open '/proc/sys'");
	for (size_t i = 0; r == 0 && i < parameters->count; i++)
		r = set(g, root, parameters->items[i].name, parameters->items[i].value);
	return r;
}
