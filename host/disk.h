/* SPDX-License-Identifier: MIT */
/* The config disk: an ext4 image with one file, the same bytes for the same config on any day. */
#ifndef VMCONFIG_DISK_H
#define VMCONFIG_DISK_H

#include <stddef.h>

/*
 * disk_write() - make a config disk.
 * @path:   the image; replaced by rename(2) once it is whole and on disk, mode 0600
 * @json:   canonical text of the config
 * @length: its bytes, at most MAX_CONFIG_BYTES
 *
 * On failure a line has been printed, nothing is left behind, and an image
 * that stood at @path is as it was.
 *
 * Return: 0 or -errno.
 */
int disk_write(const char *path, const char *json, size_t length);

/*
 * disk_read() - the text of /config.json on a disk image.
 * @json: a string for free(), NUL appended
 *
 * Return: 0, -errno after printing a line, or 1 (silent) when @path is no ext2/3/4 image.
 */
int disk_read(const char *path, char **json, size_t *length);

#endif
