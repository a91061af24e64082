/* SPDX-License-Identifier: MIT */
/* What a form of config disk consists of: one who makes it and one who reads it. */
#ifndef VMCONFIG_DISK_FORM_H
#define VMCONFIG_DISK_FORM_H

#include <stdint.h>

#include "disk.h"

/* A disk being read. */
struct disk_source {
	const char *path;
	int fd;
	uint64_t size; /* bytes of the file or device */
};

struct disk_form_row {
	const char *name;
	/* Fill @image, zeroed by the caller: 0, or -errno after printing a line. */
	int (*make)(const char *json, size_t length, struct disk_image *image);
	/* 0, -errno after printing a line, or 1 (silent) when the disk has another form. */
	int (*read)(const struct disk_source *source, char **json, size_t *length);
};

extern const struct disk_form_row form_ext4;
extern const struct disk_form_row form_raw;
extern const struct disk_form_row form_cpio;
extern const struct disk_form_row form_squashfs;

/* disk_allocate() - zeroed memory for an image. Return: 0, or -ENOMEM after printing a line. */
int disk_allocate(struct disk_image *image, size_t size);

/*
 * disk_read_at() - @length bytes at @offset, as a string for free().
 *
 * Return: 0, or -errno after printing a line; what ends early is an error.
 */
int disk_read_at(const struct disk_source *source, uint64_t offset, size_t length, char **text);

/* disk_read_frame() - the config behind a frame's header; as disk_form_row's read. */
int disk_read_frame(const struct disk_source *source, char **json, size_t *length);

#endif
