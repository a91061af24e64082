/* SPDX-License-Identifier: MIT */
/*
 * Layers into one tree (image-spec layer.md): entries replace what is below
 * them, whiteouts take it away. Names are resolved within the tree, through
 * its symbolic links, and cannot lead out of it.
 */
#ifndef VMCONFIG_MERGE_H
#define VMCONFIG_MERGE_H

#include <stdbool.h>
#include <stdint.h>

struct complaint;
struct inode;
struct tar_entry;
struct tree;

struct merge_limits {
	uint64_t bytes;   /* of all files of all layers */
	uint64_t entries; /* of all layers */
};

#define MAX_ROOTFS_BYTES   (64ull << 30)
#define MAX_ROOTFS_ENTRIES (4ull << 20)

struct merge {
	struct tree *tree;
	struct complaint *complaint;
	struct merge_limits limits;
	bool no_devices;
	int64_t time;   /* of directories that no entry speaks of */
	int64_t latest; /* times after it become it; INT64_MAX: none */
	unsigned layer; /* from 1 */
	uint64_t bytes; /* of files so far */
	uint64_t entries;
};

/*
 * merge_entry() - apply one entry of the current layer.
 * @file: the inode, where it is a regular file with bytes to come; else NULL
 *
 * Return: 0, or -errno after a complaint.
 */
int merge_entry(struct merge *m, const struct tar_entry *e, struct inode **file);

#endif
