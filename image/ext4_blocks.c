/* SPDX-License-Identifier: MIT */
/* Blocks, and the bytes of files in them. Blocks of zeros are not stored. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ext4.h"
#include "list.h"
#include "whole.h"
#include "writev_at.h"

errcode_t ext4_allocate(struct ext4 *e, uint64_t wanted, uint64_t *first, uint64_t *count)
{
	blk64_t last = ext2fs_blocks_count(e->fs->super) - 1, limit, start, used;
	errcode_t error =
	    ext2fs_find_first_zero_block_bitmap2(e->fs->block_map, e->cursor, last, &start);

	if (error)
		return error == ENOENT ? EXT2_ET_BLOCK_ALLOC_FAIL : error;
	limit = wanted - 1 < last - start ? start + wanted - 1 : last;
	error = ext2fs_find_first_set_block_bitmap2(e->fs->block_map, start, limit, &used);
	if (error && error != ENOENT)
		return error;
	*first = start;
	*count = error ? limit - start + 1 : used - start;
	ext2fs_block_alloc_stats_range(e->fs, start, (blk_t)*count, +1);
	e->cursor = start + *count;
	return 0;
}

errcode_t ext4_add_extent(struct inode *inode, uint64_t logical, uint64_t physical, uint64_t count)
{
	struct extent *last = inode->extent_count ? &inode->extents[inode->extent_count - 1] : NULL;
	struct extent *grown;

	if (last && last->logical + last->count == logical &&
	    last->physical + last->count == physical) {
		last->count += count;
		return 0;
	}
	grown = list_grow(inode->extents, inode->extent_count, sizeof(*grown));
	if (!grown)
		return EXT2_ET_NO_MEMORY;
	inode->extents = grown;
	grown[inode->extent_count++] = (struct extent){logical, physical, count};
	return 0;
}

/* Blocks from @index on that are, or are not, all zeros. */
static size_t run_length(const unsigned char *blocks, size_t index, size_t count, bool zeros)
{
	static const unsigned char nothing[EXT4_BLOCK];
	size_t i = index;

	while (i < count && (memcmp(blocks + i * EXT4_BLOCK, nothing, EXT4_BLOCK) == 0) == zeros)
		i++;
	return i - index;
}

/* Put @count blocks of the window, from @index on, wherever there is room. */
static errcode_t write_run(struct ext4 *e, size_t index, size_t count)
{
	while (count) {
		uint64_t first, got;
		errcode_t error = ext4_allocate(e, count, &first, &got);
		int r;

		if (!error)
			error = ext4_add_extent(e->window_file,
			                        e->window_start / EXT4_BLOCK + index, first, got);
		if (error)
			return error;
		r = write_whole_at(e->request.fd, e->window + index * EXT4_BLOCK,
		                   (size_t)got * EXT4_BLOCK, first * EXT4_BLOCK);
		if (r < 0)
			return -r;
		index += (size_t)got;
		count -= (size_t)got;
	}
	return 0;
}

errcode_t ext4_flush_window(struct ext4 *e)
{
	size_t count = (e->window_end + EXT4_BLOCK - 1) / EXT4_BLOCK, i = 0;

	while (i < count) {
		size_t run;
		errcode_t error;

		i += run_length(e->window, i, count, true);
		run = run_length(e->window, i, count, false);
		error = run ? write_run(e, i, run) : 0;
		if (error)
			return error;
		i += run;
	}
	memset(e->window, 0, count * EXT4_BLOCK);
	e->window_end = 0;
	return 0;
}
