/* SPDX-License-Identifier: MIT */
/* The file behind a macvtap device. */
#ifndef VMCONFIG_MACVTAP_H
#define VMCONFIG_MACVTAP_H

/*
 * macvtap_open() - open /dev/tapN of the device @name, as descriptor @number.
 * Return: @number, or negative after printing a line.
 */
int macvtap_open(const char *name, int number);

#endif
