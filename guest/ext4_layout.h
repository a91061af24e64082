/* SPDX-License-Identifier: MIT */
/*
 * Where everything is in an ext4 filesystem that init makes; pure.
 *
 * Blocks of 4 KiB, inodes of 256 bytes, one for each 16 KiB. Each group keeps its
 * own bitmaps and inodes, so that all groups but the first and the last need
 * nothing written: their descriptors say that they are not initialised.
 */
#ifndef VMCONFIG_EXT4_LAYOUT_H
#define VMCONFIG_EXT4_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define EXT4_BLOCK        4096U
#define EXT4_GROUP_BLOCKS 32768U /* one bitmap block's bits */
#define EXT4_INODE        256U
#define EXT4_DESCRIPTOR   64U
#define EXT4_FIRST_INODE  11U /* lost+found; those before are the filesystem's own */

#define EXT4_MIN_BYTES (UINT64_C(8) << 20)
#define EXT4_MAX_BYTES (UINT64_C(64) << 40) /* the descriptors and the journal fit into group 0 */

struct ext4_layout {
	uint64_t blocks;
	uint32_t groups;
	uint32_t group_inodes;
	uint32_t table_blocks; /* of inodes, in each group */
	uint32_t gdt_blocks;   /* of group descriptors, after each superblock */
	uint32_t journal_blocks;
};

/* ext4_layout() - for a device of @bytes. Return: 0, -ENOSPC or -EFBIG. */
int ext4_layout(struct ext4_layout *l, uint64_t bytes);

/* In blocks, from the start of the device; @group below groups. */
uint64_t ext4_group_start(uint32_t group);
uint32_t ext4_group_size(const struct ext4_layout *l, uint32_t group);
bool ext4_group_has_super(uint32_t group);
uint64_t ext4_block_bitmap(const struct ext4_layout *l, uint32_t group);
uint64_t ext4_inode_bitmap(const struct ext4_layout *l, uint32_t group);
uint64_t ext4_inode_table(const struct ext4_layout *l, uint32_t group);

/* The first two blocks of files in group 0 are the two directories', then comes the journal. */
uint64_t ext4_root_block(const struct ext4_layout *l);
uint64_t ext4_lost_found_block(const struct ext4_layout *l);
uint64_t ext4_journal_start(const struct ext4_layout *l);

/* ext4_group_used() - blocks in use at the group's beginning; the others are free. */
uint32_t ext4_group_used(const struct ext4_layout *l, uint32_t group);

#endif
