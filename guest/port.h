/* SPDX-License-Identifier: MIT */
/* virtio-serial ports, by the name that the VMM gave them. */
#ifndef VMCONFIG_PORT_H
#define VMCONFIG_PORT_H

#include <stdint.h>

/*
 * port_open() - open the port @name, once: the kernel lets nobody else open it then.
 * @flags: beside O_RDWR | O_CLOEXEC | O_NOCTTY
 *
 * Return: fd, -ENOENT when there is no such port (yet), or -errno.
 */
int port_open(const char *name, int flags);

/*
 * port_wait() - port_open(), waiting for the port to appear.
 *
 * The driver adds ports some time after its device, by messages. When there is
 * no virtio-serial device at all, the answer is -ENOENT at once.
 */
int port_wait(const char *name, int flags, int64_t deadline_us);

#endif
