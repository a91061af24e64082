/* SPDX-License-Identifier: MIT */
/* Output files: at their path stands the old file or the new one, whole, and never anything else.
 */
#ifndef VMCONFIG_REPLACE_FILE_H
#define VMCONFIG_REPLACE_FILE_H

#include <stddef.h>

/*
 * replace_file() - give @path new content, mode 0600.
 * @path:   a regular file, or nothing yet; a symbolic link is itself replaced,
 *          unless it leads to a device, a pipe or a directory
 * @data:   the content
 * @length: its bytes
 *
 * Written beside @path under a name of no meaning, synced, then renamed. A
 * signal that would end the process is held back meanwhile: the file beside is
 * gone when it is delivered, and @path is as it was.
 *
 * Return: 0, or -errno after printing a line; then @path is as it was.
 */
int replace_file(const char *path, const void *data, size_t length);

/* replace_public_file() - the same for what is no secret: mode 0644, or what the umask leaves of
 * it. */
int replace_public_file(const char *path, const void *data, size_t length);

#endif
