/* SPDX-License-Identifier: MIT */
/* The config disk in its forms: the same bytes for the same config on any day. */
#ifndef VMCONFIG_DISK_H
#define VMCONFIG_DISK_H

#include <stddef.h>

enum disk_form {
	DISK_EXT4,     /* the default: any kernel with ext4 mounts it */
	DISK_RAW,      /* the config behind a header, without a filesystem */
	DISK_CPIO,     /* an archive to be appended to an initrd: takes no device */
	DISK_SQUASHFS, /* for kernels without ext4 */
};

struct disk_image {
	unsigned char *bytes; /* for free() */
	size_t size;
};

/* disk_form_parse() - the form called @name. Return: 0 or -EINVAL, silently. */
int disk_form_parse(const char *name, enum disk_form *form);

/*
 * disk_make() - a config disk in memory.
 * @json:   canonical text of the config
 * @length: its bytes, at most MAX_CONFIG_BYTES
 *
 * Return: 0, or -errno after printing a line.
 */
int disk_make(enum disk_form form, const char *json, size_t length, struct disk_image *image);

/*
 * disk_write() - a config disk as a file.
 * @path: replaced by rename(2) once it is whole and on disk, mode 0600
 *
 * On failure a line has been printed, nothing is left behind, and an image
 * that stood at @path is as it was.
 *
 * Return: 0 or -errno.
 */
int disk_write(const char *path, enum disk_form form, const char *json, size_t length);

/*
 * disk_read() - the text of the config on a disk image of any form.
 * @json: a string for free(), NUL appended
 *
 * Return: 0, -errno after printing a line, or 1 (silent) when @path is no config disk.
 */
int disk_read(const char *path, char **json, size_t *length);

#endif
