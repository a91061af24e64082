/* SPDX-License-Identifier: MIT */
/* The entries of an archive, as files. */
#ifndef VMCONFIG_UNPACK_H
#define VMCONFIG_UNPACK_H

struct newc;

/*
 * unpack() - directories, files and links into an empty directory; all belong to root.
 * @dir_fd: the directory, in which nothing else is made whatever the archive says
 * @failed: takes the name of the entry that could not be unpacked, or NULL
 *
 * Return: 0, -EINVAL for a damaged archive or a name that leads out, -EOPNOTSUPP for an entry of
 * another type, or -errno.
 */
int unpack(struct newc *archive, int dir_fd, const char **failed);

#endif
