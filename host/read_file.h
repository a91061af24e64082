/* SPDX-License-Identifier: MIT */
/* Files that a user names, read whole and within a limit. */
#ifndef VMCONFIG_READ_FILE_H
#define VMCONFIG_READ_FILE_H

#include <stddef.h>

/*
 * read_file() - the content of a regular file, or of standard input.
 * @path:   "-" is standard input, which may be anything that ends
 * @text:   for free(), a NUL appended that @length does not count
 *
 * More than MAX_CONFIG_BYTES is refused, and so is what is no regular file: a
 * FIFO or a device must not make a build pipeline wait for ever.
 *
 * Return: 0, or -errno after printing a line.
 */
int read_file(const char *path, char **text, size_t *length);

#endif
