/* SPDX-License-Identifier: MIT */
/* The file behind a macvtap device. */
#include "macvtap.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

int macvtap_open(const char *name, int number, bool blocking)
{
	unsigned index = if_nametoindex(name);
	_cleanup_fd_ int fd = -1;
	char path[32];

	if (!index)
		return fail("there is no macvtap device '%s'", name);
	snprintf(path, sizeof(path), "/dev/tap%u", index);
	fd = open(path, O_RDWR | O_CLOEXEC | (blocking ? 0 : O_NONBLOCK));
	if (fd < 0)
		return fail_errno(errno, "cannot open '%s' of macvtap device '%s'", path, name);
	if (dup3(fd, number, O_CLOEXEC) < 0)
		return fail_errno(errno, "macvtap device '%s'", name);
	return number;
}
