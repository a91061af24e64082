/* SPDX-License-Identifier: MIT */
/* The kernel's word that something has appeared (NETLINK_KOBJECT_UEVENT). */
#ifndef VMCONFIG_UEVENT_H
#define VMCONFIG_UEVENT_H

#include <stdint.h>

/* uevent_open() - listen; do so before the first look, or an event between the two is lost. Return:
 * fd or -errno. */
int uevent_open(void);

/*
 * uevent_wait() - wait until anything has happened since the last call.
 * @deadline_us: by clock_us()
 *
 * Return: 1 after an event, 0 at the deadline, -errno.
 */
int uevent_wait(int fd, int64_t deadline_us);

#endif
