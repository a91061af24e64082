/* SPDX-License-Identifier: MIT */
/* Where everything is in an ext4 filesystem that init makes; pure. */
#include "ext4_layout.h"

#include <errno.h>

#define INODE_RATIO   16384U /* bytes of the device for each inode */
#define TABLE_INODES  (EXT4_BLOCK / EXT4_INODE)
#define LEAST_OF_LAST 64U /* blocks for files, for which a last group is worth its tables */

/* As large as mke2fs makes it for a filesystem of so many blocks. */
static const struct {
	uint64_t blocks;
	uint32_t journal;
} journals[] = {
    {UINT64_C(1) << 22, 16384},
    {UINT64_C(1) << 19, 16384},
    {UINT64_C(1) << 18, 8192},
    {UINT64_C(1) << 15, 4096},
    {0, 1024},
};

static uint32_t journal_for(uint64_t blocks)
{
	uint32_t i = 0;

	while (blocks < journals[i].blocks)
		i++;
	return journals[i].journal;
}

/* 1, and the powers of 3, 5 and 7: the feature sparse_super. */
bool ext4_group_has_super(uint32_t group)
{
	if (group <= 1)
		return true;
	for (uint32_t base = 3; base <= 7; base += 2) {
		uint64_t power = base;

		while (power < group)
			power *= base;
		if (power == group)
			return true;
	}
	return false;
}

static uint32_t before_bitmaps(const struct ext4_layout *l, uint32_t group)
{
	return ext4_group_has_super(group) ? 1 + l->gdt_blocks : 0;
}

static uint32_t tables(const struct ext4_layout *l, uint32_t group)
{
	return before_bitmaps(l, group) + 2 + l->table_blocks;
}

static void count_groups(struct ext4_layout *l)
{
	l->groups = (uint32_t)((l->blocks + EXT4_GROUP_BLOCKS - 1) / EXT4_GROUP_BLOCKS);
	l->gdt_blocks = (l->groups * EXT4_DESCRIPTOR + EXT4_BLOCK - 1) / EXT4_BLOCK;
}

int ext4_layout(struct ext4_layout *l, uint64_t bytes)
{
	uint64_t first;
	uint32_t last;

	if (bytes < EXT4_MIN_BYTES)
		return -ENOSPC;
	if (bytes > EXT4_MAX_BYTES)
		return -EFBIG;
	l->blocks = bytes / EXT4_BLOCK;
	count_groups(l);
	first = l->groups > 1 ? EXT4_GROUP_BLOCKS : l->blocks;
	l->group_inodes =
	    (uint32_t)(first * EXT4_BLOCK / INODE_RATIO) / TABLE_INODES * TABLE_INODES;
	l->table_blocks = l->group_inodes / TABLE_INODES;
	l->journal_blocks = journal_for(l->blocks);
	last = l->groups - 1;
	if (last > 0 && ext4_group_size(l, last) < tables(l, last) + LEAST_OF_LAST) {
		l->blocks = ext4_group_start(last);
		count_groups(l);
	}
	return 0;
}

uint64_t ext4_group_start(uint32_t group)
{
	return (uint64_t)group * EXT4_GROUP_BLOCKS;
}

uint32_t ext4_group_size(const struct ext4_layout *l, uint32_t group)
{
	uint64_t left = l->blocks - ext4_group_start(group);

	return left < EXT4_GROUP_BLOCKS ? (uint32_t)left : EXT4_GROUP_BLOCKS;
}

uint64_t ext4_block_bitmap(const struct ext4_layout *l, uint32_t group)
{
	return ext4_group_start(group) + before_bitmaps(l, group);
}

uint64_t ext4_inode_bitmap(const struct ext4_layout *l, uint32_t group)
{
	return ext4_block_bitmap(l, group) + 1;
}

uint64_t ext4_inode_table(const struct ext4_layout *l, uint32_t group)
{
	return ext4_block_bitmap(l, group) + 2;
}

uint64_t ext4_root_block(const struct ext4_layout *l)
{
	return tables(l, 0);
}

uint64_t ext4_lost_found_block(const struct ext4_layout *l)
{
	return ext4_root_block(l) + 1;
}

uint64_t ext4_journal_start(const struct ext4_layout *l)
{
	return ext4_root_block(l) + 2;
}

uint32_t ext4_group_used(const struct ext4_layout *l, uint32_t group)
{
	return tables(l, group) + (group == 0 ? 2 + l->journal_blocks : 0);
}
