/* SPDX-License-Identifier: MIT */
/* The parts of the ext4 writer: geometry, blocks and bytes of files, directories, inodes. */
#ifndef VMCONFIG_EXT4_H
#define VMCONFIG_EXT4_H

#include <stdbool.h>
#include <stdint.h>

#include "metadata_store.h"
#include "image_format.h"
#include "tree.h"

#define EXT4_BLOCK      4096u
#define EXT4_INODE_SIZE 256u
#define EXT4_EXTRA_SIZE 32u /* of an inode's later fields: times to the nanosecond, checksums */
#define EXT4_WINDOW     (1u << 20)

struct ext4 {
	struct image_request request;
	struct tree *tree;
	ext2_filsys fs;
	struct store store;
	uint64_t cursor; /* no block before it is free */
	struct inode *lost_found;
	uint32_t journal_blocks; /* 0: no journal */

	/* A file's bytes that are beside each other are gathered here, and written together. */
	unsigned char *window;
	struct inode *window_file;
	uint64_t window_start; /* in the file, a multiple of EXT4_BLOCK */
	size_t window_end;     /* bytes from there; 0: there are none */
};

/* Each of these returns 0 or a code of libext2fs. */

/* ext4_create() - lay out an empty filesystem with room for the tree. Prints what it refuses: then
 * EXT2_ET_CANCEL_REQUESTED. */
errcode_t ext4_create(struct ext4 *e);

/* ext4_allocate() - the next run of free blocks, of at most @wanted. */
errcode_t ext4_allocate(struct ext4 *e, uint64_t wanted, uint64_t *first, uint64_t *count);

/* ext4_add_extent() - note where blocks of a file have been put. */
errcode_t ext4_add_extent(struct inode *inode, uint64_t logical, uint64_t physical, uint64_t count);

/* ext4_flush_window() - give blocks to the file's bytes that have been gathered, and write them. */
errcode_t ext4_flush_window(struct ext4 *e);

/* ext4_directory_blocks() - how many a directory takes. */
uint64_t ext4_directory_blocks(struct name *const *names);

/* ext4_write_directory() - the blocks of a directory; sets its extents and size. */
errcode_t ext4_write_directory(struct ext4 *e, struct inode *dir);

/* ext4_write_inodes() - number all inodes and write them. */
errcode_t ext4_write_inodes(struct ext4 *e);

#endif
