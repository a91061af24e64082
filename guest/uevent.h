/* SPDX-License-Identifier: MIT */
/* The kernel's word that something has appeared (NETLINK_KOBJECT_UEVENT). */
#ifndef VMCONFIG_UEVENT_H
#define VMCONFIG_UEVENT_H

#include <stdint.h>

/*
 * uevent_wait() - wait until anything has happened since the last call.
 * @fd:          -1 before the first call, which only begins to listen: what came
 *               before is to be looked for once more. The caller closes it.
 * @deadline_us: by clock_us()
 *
 * Most of what is looked for is there at the first look, and no socket needed.
 *
 * Return: 1 when it is time to look again, 0 at the deadline, -STOP_ASKED as
 * stop_wait() does, -errno.
 */
int uevent_wait(int *fd, int64_t deadline_us);

#endif
