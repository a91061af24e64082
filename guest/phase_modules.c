/* SPDX-License-Identifier: MIT */
/* Kernel modules, in the order of the list that the initrd carries: PATH [PARAMETER...] a line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "beneath.h"
#include "boot_watch.h"
#include "cleanup.h"
#include "contract.h"
#include "guest.h"
#include "log.h"

#define MODULE_LIST_LIMIT (256u << 10)

/* A driver reads the partition tables of the disks that it finds. */
static int insert(int fd, const char *path, const char *parameters)
{
	_doing_ int now = boot_watch_doing("loading module '%s'", path);

	return (int)syscall(SYS_finit_module, fd, parameters, 0);
}

static int load_module(struct guest *g, char *line)
{
	char *parameters = line + strcspn(line, " \t");
	_cleanup_fd_ int fd = -1;

	if (*parameters)
		*parameters++ = '\0';
	parameters += strspn(parameters, " \t");
	fd = open(line, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return guest_error(g, errno, "cannot open module '%s'", line);
	if (insert(fd, line, parameters) == 0 || errno == EEXIST)
		return 0;
	/* One initrd is for several machines: ptp_kvm's word for one without KVM, or with a host
	 * that has no such clock. */
	if (errno == ENODEV || errno == EOPNOTSUPP) {
		log_warning("module '%s' has nothing to do here, and is left out: %m", line);
		return 0;
	}
	if (errno == ENOEXEC)
		return guest_error_as(
		    g, "module-mismatch",
		    "module '%s' is not of this kernel: the initrd and the kernel differ", line);
	return guest_error(g, errno, "cannot load module '%s'", line);
}

int phase_modules(struct guest *g)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_fd_ int here = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *line, *rest;
	size_t length;
	int r;

	r = beneath_read(here, MODULE_LIST, MODULE_LIST_LIMIT, &text, &length);
	if (r == -ENOENT)
		return 0; /* a kernel with everything built in */
	if (r < 0)
		return guest_error(g, -r, "cannot read '%s'", MODULE_LIST);
	for (rest = text; (line = strsep(&rest, "\n"));) {
		line += strspn(line, " \t");
		if (!*line || *line == '#')
			continue;
		r = load_module(g, line);
		if (r < 0)
			return r;
	}
	return 0;
}
