/* SPDX-License-Identifier: MIT */
/* The kernel's word that something has appeared. */
#include "uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "stop_request.h"

/* At once: a flood of them must not hold whoever waits for one. */
#define MAX_DRAIN 1024

#define KERNEL_EVENTS 1 /* the multicast group that the kernel speaks to; 2 is udev's */

static int listen_to_kernel(void)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = KERNEL_EVENTS};
	int fd =
	    socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

static int wait_for_event(int fd, int64_t deadline_us)
{
	char event[4096];
	int r;

	/* However often something happens, it is not waited for longer. */
	if (clock_us() >= deadline_us)
		return 0;
	r = stop_wait(fd, deadline_us);
	if (r <= 0)
		return r;
	/* What it says does not matter, only that it came: the caller looks again. ENOBUFS means
	 * many came. */
	for (int i = 0; i < MAX_DRAIN; i++)
		if (recv(fd, event, sizeof(event), 0) < 0 && errno != ENOBUFS && errno != EINTR)
			break;
	return 1;
}

int uevent_wait(int *fd, int64_t deadline_us)
{
	if (*fd >= 0)
		return wait_for_event(*fd, deadline_us);
	*fd = listen_to_kernel();
	return *fd < 0 ? *fd : 1;
}
