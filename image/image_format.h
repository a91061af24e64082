/* SPDX-License-Identifier: MIT */
/* What a source of files hands to a format: a tree, then the bytes of each of its regular files. */
#ifndef VMCONFIG_IMAGE_FORMAT_H
#define VMCONFIG_IMAGE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inode;
struct tree;

struct image_request {
	const char *path; /* of the output, for messages */
	int fd;           /* the new, empty file */
	int64_t time;     /* of what has no time of its own; at least 1 */
	const char *label;
	const unsigned char *uuid; /* 16 bytes, or NULL: from the content */
	uint64_t size;             /* of the image in bytes, 0: what it takes */
	uint64_t headroom;         /* bytes to leave free */
	unsigned headroom_percent; /* and in percent of what it takes */
	bool journal;
	const char *compression; /* or NULL: the format's own choice */
	uint64_t max_bytes;      /* of all files, for formats that have no holes */
};

/* Each returns 0, or -errno after printing a line. */
struct image_format {
	const char *name;
	bool has_identity;               /* a label and a UUID */
	bool has_space;                  /* that is free, of a size to be chosen, and a journal */
	const char *const *compressions; /* to choose from, the first is its own; NULL ends them */
	/* @writer: for the others; to be released whatever the result */
	int (*begin)(const struct image_request *request, struct tree *tree, void **writer);
	/* Bytes of @file, in ascending order; what is between them is zeros. */
	int (*data)(void *writer, struct inode *file, uint64_t offset, const void *data,
	            size_t length);
	/* After the last bytes of @file, also where there were none. */
	int (*end_file)(void *writer, struct inode *file);
	/* @digest: 32 bytes, of all content */
	int (*finish)(void *writer, const unsigned char *digest);
	void (*release)(void *writer);
};

extern const struct image_format ext4_format, erofs_format, squashfs_format;

#endif
