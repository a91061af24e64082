/* SPDX-License-Identifier: MIT */
/* The bytes of a file that is made in memory. */
#ifndef VMCONFIG_FILL_FILE_H
#define VMCONFIG_FILL_FILE_H

#include <stddef.h>

/*
 * fill_file() - write the rest of a file.
 * @fd: at its end; zeros at the end of @data become a hole
 *
 * Return: 0 or -errno.
 */
int fill_file(int fd, const void *data, size_t length);

#endif
