/* SPDX-License-Identifier: MIT */
/*
 * The kernel expedites RCU while it boots, for nobody is disturbed yet, and
 * stops when init begins. Nobody is disturbed before the workload begins
 * either, and unbinding a disk, unmounting and making a control group wait for
 * some ten milliseconds each.
 */
#include "rcu.h"

#include <fcntl.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "cleanup.h"
#include "log.h"

/* Open while we hurry: the workload's /sys may be another, or read-only. */
static int expedited_fd = -1;

void rcu_hurry(void)
{
	_cleanup_fd_ int fd = -1;
	char now;

	/* EINVAL in a namespace: its kernel is somebody else's. */
	if (reboot(RB_DISABLE_CAD) < 0)
		return;
	fd = open("/sys/kernel/rcu_expedited", O_RDWR | O_CLOEXEC);
	/* Where it is said on the kernel command line it stays. */
	if (fd >= 0 && pread(fd, &now, 1, 0) == 1 && now == '0' && pwrite(fd, "1", 1, 0) == 1)
		expedited_fd = steal_fd(&fd);
}

void rcu_calm(void)
{
	_cleanup_fd_ int fd = steal_fd(&expedited_fd);

	if (fd >= 0 && pwrite(fd, "0", 1, 0) != 1)
		log_warning("cannot set '/sys/kernel/rcu_expedited' back: %m");
}
