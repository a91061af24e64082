/* SPDX-License-Identifier: MIT */
/* The file behind a macvtap device. */
#ifndef VMCONFIG_MACVTAP_H
#define VMCONFIG_MACVTAP_H

#include <stdbool.h>

/*
 * macvtap_open() - open /dev/tapN of the device @name, as descriptor @number.
 * @blocking: whether a read waits for a packet; most VMMs poll
 * Return: @number, or negative after printing a line.
 */
int macvtap_open(const char *name, int number, bool blocking);

#endif
