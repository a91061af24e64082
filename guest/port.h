/* SPDX-License-Identifier: MIT */
/*
 * virtio-serial ports, by the name that the VMM gave them.
 *
 * A port that the host has not connected, or no longer, is hung up and may be
 * connected any time: writing answers EAGAIN, not an error, and poll(2) says
 * POLLHUP at once however long nobody comes. The driver tells of a change by
 * SIGIO alone, which every port is opened to send.
 */
#ifndef VMCONFIG_PORT_H
#define VMCONFIG_PORT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * port_open() - open the port @name, once: the kernel lets nobody else open it then.
 *
 * Return: fd, O_NONBLOCK; -ENOENT when there is no such port (yet), or -errno.
 */
int port_open(const char *name);

/*
 * port_wait() - port_open(), waiting for the port to appear.
 *
 * The driver adds ports some time after its device, by messages. When there is
 * no virtio-serial device at all, the answer is -ENOENT at once.
 */
int port_wait(const char *name, int64_t deadline_us);

/*
 * port_wait_for() - the same for whatever else comes with a virtio device and its driver.
 * @open:   fd; -ENOENT: not yet; another -errno ends the wait
 * @what:   for @open
 * @device: the device's number, VIRTIO_ID_…
 */
int port_wait_for(int (*open)(const void *what), const void *what, unsigned device,
                  int64_t deadline_us);

/* port_is_held() - whether nobody is connected, so that waiting for room by poll(2) would spin. */
bool port_is_held(int fd);

/*
 * port_wait_writable() - wait until a port that answered EAGAIN may take something.
 * @deadline_us: by clock_us(); SIGIO must be blocked
 *
 * Return: false at the deadline.
 */
bool port_wait_writable(int fd, int64_t deadline_us);

#endif
