/* SPDX-License-Identifier: MIT */
/* The archive that the kernel unpacks: cpio in the "newc" form, through libarchive. */
#ifndef VMCONFIG_NEWC_H
#define VMCONFIG_NEWC_H

#include <stddef.h>

struct initrd_tree;

enum newc_compression { NEWC_NONE, NEWC_GZIP, NEWC_ZSTD };

struct newc_image {
	unsigned char *bytes; /* for free() */
	size_t size;
};

/*
 * newc_write() - the archive in memory: owners 0, times 0, the same bytes for the same tree.
 *
 * Return: 0, or negative after printing a line.
 */
int newc_write(const struct initrd_tree *tree, enum newc_compression compression,
               struct newc_image *image);

#endif
