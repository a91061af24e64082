/* SPDX-License-Identifier: MIT */
/* What a bind mount binds: a file or directory of the host's. */
#ifndef VMCONFIG_BIND_SOURCE_H
#define VMCONFIG_BIND_SOURCE_H

#include <stddef.h>
#include <sys/stat.h>

struct file;

/*
 * bind_source_open() - find it.
 * @bundle: what a relative @path is below; no link may lead out of it
 * @path:   an absolute one is taken as it is, for whoever wrote it named a file of the host's
 *
 * Return: an O_PATH descriptor, or -errno: -EXDEV when @path leads out of @bundle.
 */
int bind_source_open(const char *bundle, const char *path);

/*
 * bind_source_read() - the content of a regular file.
 * @fd:   of bind_source_open()
 * @st:   of it
 * @file: mode, owner and content are set; the path is not
 *
 * Return: 0; -EFBIG beyond MAX_FILE_BYTES; -errno.
 */
int bind_source_read(int fd, const struct stat *st, struct file *file);

#endif
