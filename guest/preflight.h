/* SPDX-License-Identifier: MIT */
/* Whether a program could be executed, before it is too late to say no. */
#ifndef VMCONFIG_PREFLIGHT_H
#define VMCONFIG_PREFLIGHT_H

#include <limits.h>

/*
 * preflight() - look at a program of the root filesystem, and at what it needs to start.
 * @root_fd: the root that it is executed in
 * @path:    as execve(2) would be given it
 * @real:    becomes its path with links resolved, below /proc/self/fd's idea of @root_fd
 * @missing: becomes the interpreter that is not there, of a script or a dynamic program
 *
 * Return: 0; -ENOENT not there, -EACCES no regular file or not executable,
 * -ENOEXEC neither a script nor ELF, -ELIBACC its interpreter cannot be
 * executed, or another -errno.
 */
int preflight(int root_fd, const char *path, char real[PATH_MAX], char missing[PATH_MAX]);

#endif
