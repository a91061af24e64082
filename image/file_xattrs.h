/* SPDX-License-Identifier: MIT */
/* Extended attributes of a file of this machine. */
#ifndef VMCONFIG_FILE_XATTRS_H
#define VMCONFIG_FILE_XATTRS_H

struct xattrs;

/*
 * file_xattrs_read() - those of @name in the directory @dir that can be read
 * and stored; a symbolic link is not followed.
 *
 * Return: 0 or -errno.
 */
int file_xattrs_read(int dir, const char *name, struct xattrs *x);

#endif
