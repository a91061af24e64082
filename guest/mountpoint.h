/* SPDX-License-Identifier: MIT */
/* Mounting by file descriptor, and asking what is mounted. */
#ifndef VMCONFIG_MOUNTPOINT_H
#define VMCONFIG_MOUNTPOINT_H

#include <stddef.h>

/* is_mount_point() - whether @path is the root of another filesystem than its parent's. Return: 1,
 * 0 also when it is not there, or -errno. */
int is_mount_point(const char *path);

/* FD_PATH_SIZE bytes hold the path by which fd_path() names an open file to calls that take only
 * paths. */
#define FD_PATH_SIZE 32
const char *fd_path(int fd, char path[FD_PATH_SIZE]);

/* move_mount_to() - move the mount at @from onto the directory open at @to_fd. Return: 0 or -errno.
 */
int move_mount_to(const char *from, int to_fd);

/*
 * remount_readonly() - make the superblock behind @fd read-only, mounted in the tree or not.
 * @fd: O_PATH of a mount's root
 *
 * fspick(2) works on mounts that have been detached, where mount(2) answers EINVAL.
 *
 * Return: 0 or -errno.
 */
int remount_readonly(int fd);

#endif
