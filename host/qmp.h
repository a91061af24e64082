/* SPDX-License-Identifier: MIT */
/* QEMU's machine protocol: JSON lines over a Unix socket. */
#ifndef VMCONFIG_QMP_H
#define VMCONFIG_QMP_H

#include <stdint.h>

/*
 * qmp_set_balloon() - have the guest keep so much memory.
 * @bytes: what it is to keep; then what it keeps, after 10 s at most
 *
 * Return: 0, or negative after printing a line.
 */
int qmp_set_balloon(const char *socket, int64_t *bytes);

#endif
