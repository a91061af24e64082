/* SPDX-License-Identifier: MIT */
/* `vmconfig rootfs`: from an OCI image or a directory to a filesystem image. */
#ifndef VMCONFIG_ROOTFS_H
#define VMCONFIG_ROOTFS_H

#include <stdbool.h>
#include <stdint.h>

#include "hash.h"
#include "image_format.h"
#include "merge.h"
#include "progress.h"
#include "tree.h"

struct rootfs_options {
	char *image; /* LAYOUT[:REF][@DIGEST] */
	char *dir;
	char *output;
	const struct image_format *format;
	char *compression; /* NULL: the format's own choice */
	char *label;
	unsigned char uuid[16];
	bool has_uuid;
	uint64_t size;
	uint64_t headroom;
	unsigned headroom_percent;
	bool has_headroom;
	bool journal;
	bool no_devices;
	bool quiet;
	bool has_owner; /* of all that comes from a directory */
	uint32_t uid, gid;
	struct merge_limits limits;
};

/* What sources and the rest share while an image is made. */
struct rootfs {
	const struct rootfs_options *options;
	struct tree tree;
	struct progress progress;
	int64_t time;     /* of what has none of its own */
	int64_t latest;   /* times after it become it */
	void *writer;     /* of the format, once there is one */
	struct hash hash; /* of all content */
};

/* Where files come from. Each function returns 0, or -errno after printing a line. */
struct rootfs_source {
	/* Fill the tree. @source: for the others; to be released whatever the result */
	int (*scan)(struct rootfs *r, void **source);
	/* Hand the bytes of each file that is left to the format, and all content to the hash. */
	int (*copy)(struct rootfs *r, void *source);
	void (*release)(void *source);
};

extern const struct rootfs_source layers_source, directory_source;

/* rootfs_make() - do it all. Return: 0, or -errno after printing a line; then nothing is left
 * behind. */
int rootfs_make(const struct rootfs_options *options);

#endif
