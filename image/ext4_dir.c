/* SPDX-License-Identifier: MIT */
/* Directories: names packed into blocks one after the other, in the order of their bytes. */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "ext4.h"

/* The checksum of a block stands at its end, in what looks like an entry without a name. */
#define ROOM (EXT4_BLOCK - sizeof(struct ext2_dir_entry_tail))

struct packing {
	unsigned char *blocks; /* NULL: only count them */
	uint64_t count;
	size_t used;                 /* bytes of the last block */
	struct ext2_dir_entry *last; /* in it */
};

static size_t entry_bytes(size_t name_length)
{
	return (8 + name_length + 3) & ~(size_t)3;
}

/* The last entry of a block takes what is left of it. */
static void close_block(struct packing *p)
{
	if (p->last)
		p->last->rec_len = (uint16_t)(p->last->rec_len + (ROOM - p->used));
}

static void pack(struct packing *p, const char *text, size_t length, uint32_t number, int type)
{
	size_t bytes = entry_bytes(length);

	if (p->count == 0 || p->used + bytes > ROOM) {
		close_block(p);
		p->count++;
		p->used = 0;
	}
	if (p->blocks) {
		unsigned char *at = p->blocks + (p->count - 1) * EXT4_BLOCK + p->used;

		p->last = (struct ext2_dir_entry *)(void *)at;
		p->last->inode = number;
		p->last->rec_len = (uint16_t)bytes;
		p->last->name_len = (uint16_t)(length | (unsigned)type << 8);
		memcpy(p->last->name, text, length);
	}
	p->used += bytes;
}

static int entry_type(mode_t mode)
{
	static const struct {
		mode_t mode;
		int type;
	} types[] = {
	    {S_IFREG, EXT2_FT_REG_FILE}, {S_IFDIR, EXT2_FT_DIR},    {S_IFLNK, EXT2_FT_SYMLINK},
	    {S_IFCHR, EXT2_FT_CHRDEV},   {S_IFBLK, EXT2_FT_BLKDEV}, {S_IFIFO, EXT2_FT_FIFO},
	    {S_IFSOCK, EXT2_FT_SOCK},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if ((mode & S_IFMT) == types[i].mode)
			return types[i].type;
	return EXT2_FT_UNKNOWN;
}

static void pack_all(struct packing *p, const struct inode *dir, struct name *const *names)
{
	pack(p, ".", 1, dir ? dir->number : 0, EXT2_FT_DIR);
	pack(p, "..", 2, dir ? dir->parent->number : 0, EXT2_FT_DIR);
	for (; *names; names++)
		pack(p, (*names)->text, (*names)->length, (*names)->inode->number,
		     entry_type((*names)->inode->mode));
	close_block(p);
}

uint64_t ext4_directory_blocks(struct name *const *names)
{
	struct packing p = {0};

	pack_all(&p, NULL, names);
	return p.count;
}

static errcode_t write_blocks(struct ext4 *e, struct inode *dir, unsigned char *blocks,
                              uint64_t count)
{
	uint64_t done = 0;

	while (done < count) {
		uint64_t first, got;
		errcode_t error = ext4_allocate(e, count - done, &first, &got);

		if (!error)
			error = ext4_add_extent(dir, done, first, got);
		for (uint64_t i = 0; i < got && !error; i++, done++) {
			unsigned char *block = blocks + done * EXT4_BLOCK;

			ext2fs_initialize_dirent_tail(
			    e->fs, (struct ext2_dir_entry_tail *)(void *)(block + ROOM));
			error = ext2fs_write_dir_block4(e->fs, first + i, block, 0, dir->number);
		}
		if (error)
			return error;
	}
	return 0;
}

errcode_t ext4_write_directory(struct ext4 *e, struct inode *dir)
{
	_cleanup_free_ struct name **names = tree_list(dir);
	_cleanup_free_ unsigned char *blocks = NULL;
	struct packing p = {0};
	uint64_t count;

	if (!names)
		return EXT2_ET_NO_MEMORY;
	count = ext4_directory_blocks(names);
	blocks = calloc(count, EXT4_BLOCK);
	if (!blocks)
		return EXT2_ET_NO_MEMORY;
	p.blocks = blocks;
	pack_all(&p, dir, names);
	dir->size = count * EXT4_BLOCK;
	return write_blocks(e, dir, blocks, count);
}
