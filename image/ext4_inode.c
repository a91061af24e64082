/* SPDX-License-Identifier: MIT */
/* Inodes: their numbers, what they say, and where their bytes are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "ext4_io.h"
#include "error.h"
#include "ext4.h"

/* What an inode can say of a time: 34 bits of seconds, the lowest 32 of them signed. */
#define EARLIEST INT32_MIN
#define LATEST   (INT32_MAX + (3ll << 32))

#define MAX_EXTENT_BLOCKS 32768u /* of one extent */
#define MAX_COUNTED_LINKS 65000u /* of a directory; with more the kernel says 1 */

/* As the kernel packs major and minor numbers: the old form where it suffices. */
static void set_device(struct ext2_inode_large *raw, const struct inode *inode)
{
	if (inode->major < 256 && inode->minor < 256)
		raw->i_block[0] = inode->major << 8 | inode->minor;
	else
		raw->i_block[1] =
		    (inode->minor & 0xff) | inode->major << 8 | (inode->minor & ~0xffu) << 12;
}

static void set_times(struct ext2_inode_large *raw, const struct inode *inode)
{
	int64_t time = inode->mtime;
	uint32_t low, extra;

	if (time < EARLIEST)
		time = EARLIEST;
	if (time > LATEST)
		time = LATEST;
	low = (uint32_t)time;
	extra = (uint32_t)((uint64_t)(time - (int32_t)low) >> 32) | inode->mtime_nsec << 2;
	raw->i_atime = raw->i_ctime = raw->i_mtime = raw->i_crtime = low;
	raw->i_atime_extra = raw->i_ctime_extra = raw->i_mtime_extra = raw->i_crtime_extra = extra;
}

static uint16_t links_of(const struct inode *inode)
{
	uint32_t links = inode->names;

	if (S_ISDIR(inode->mode)) {
		links = 2 + inode->subdirectories;
		if (links > MAX_COUNTED_LINKS)
			links = 1;
	}
	return (uint16_t)links;
}

static void describe(const struct inode *inode, struct ext2_inode_large *raw)
{
	*raw = (struct ext2_inode_large){
	    .i_mode = (uint16_t)inode->mode,
	    .i_uid = (uint16_t)inode->uid,
	    .osd2.linux2.l_i_uid_high = (uint16_t)(inode->uid >> 16),
	    .i_gid = (uint16_t)inode->gid,
	    .osd2.linux2.l_i_gid_high = (uint16_t)(inode->gid >> 16),
	    .i_links_count = links_of(inode),
	    .i_extra_isize = EXT4_EXTRA_SIZE,
	};
	set_times(raw, inode);
	if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode))
		set_device(raw, inode);
}

static struct ext2_inode *small(struct ext2_inode_large *raw)
{
	return (struct ext2_inode *)raw;
}

static errcode_t insert_extent(struct ext4 *e, ext2_extent_handle_t handle,
                               struct ext2_inode_large *raw, const struct extent *extent,
                               bool *first)
{
	uint64_t done = 0;

	while (done < extent->count) {
		uint64_t left = extent->count - done;
		struct ext2fs_extent piece = {
		    .e_lblk = extent->logical + done,
		    .e_pblk = extent->physical + done,
		    .e_len = left > MAX_EXTENT_BLOCKS ? MAX_EXTENT_BLOCKS : (uint32_t)left,
		};
		errcode_t error =
		    ext2fs_extent_insert(handle, *first ? 0 : EXT2_EXTENT_INSERT_AFTER, &piece);

		if (error)
			return error;
		ext2fs_iblk_add_blocks(e->fs, small(raw), piece.e_len);
		done += piece.e_len;
		*first = false;
	}
	return 0;
}

static errcode_t set_extents(struct ext4 *e, const struct inode *inode,
                             struct ext2_inode_large *raw)
{
	ext2_extent_handle_t handle;
	bool first = true;
	errcode_t error = ext2fs_extent_open2(e->fs, inode->number, small(raw), &handle);

	if (error)
		return error;
	for (size_t i = 0; i < inode->extent_count && !error; i++)
		error = insert_extent(e, handle, raw, &inode->extents[i], &first);
	ext2fs_extent_free(handle);
	return error;
}

static errcode_t set_size(struct ext4 *e, const struct inode *inode, uint64_t size,
                          struct ext2_inode_large *raw)
{
	errcode_t error = ext2fs_inode_size_set(e->fs, small(raw), (ext2_off64_t)size);

	return error ? error : set_extents(e, inode, raw);
}

/* A target that does not fit into the inode gets a block. */
static errcode_t set_target(struct ext4 *e, struct inode *inode, struct ext2_inode_large *raw)
{
	size_t length = strlen(inode->target);
	unsigned char block[EXT4_BLOCK] = {0};
	uint64_t first, count;
	errcode_t error;

	if (length < sizeof(raw->i_block)) {
		memcpy(raw->i_block, inode->target, length);
		return ext2fs_inode_size_set(e->fs, small(raw), (ext2_off64_t)length);
	}
	memcpy(block, inode->target, length);
	error = ext4_allocate(e, 1, &first, &count);
	if (!error)
		error = io_channel_write_blk64(e->fs->io, first, 1, block);
	if (!error)
		error = ext4_add_extent(inode, 0, first, 1);
	return error ? error : set_size(e, inode, length, raw);
}

static errcode_t set_content(struct ext4 *e, struct inode *inode, struct ext2_inode_large *raw)
{
	errcode_t error = 0;

	if (S_ISLNK(inode->mode))
		return set_target(e, inode, raw);
	if (S_ISDIR(inode->mode))
		error = ext4_write_directory(e, inode);
	else if (!S_ISREG(inode->mode))
		return 0;
	return error ? error : set_size(e, inode, inode->size, raw);
}

static errcode_t refuse_xattr(const struct ext4 *e, const struct inode *inode,
                              const struct xattr *x, errcode_t error)
{
	_cleanup_free_ char *path = tree_path(e->tree, inode);

	fail("cannot write '%s': '%s': attribute '%s' of %zu bytes has no place in ext4: %s",
	     e->request.path, path ? path : "", x->name, x->length, disk_error(error));
	return EXT2_ET_CANCEL_REQUESTED;
}

static errcode_t set_xattrs(struct ext4 *e, const struct inode *inode,
                            struct ext2_xattr_handle *handle)
{
	errcode_t error = ext2fs_xattrs_read(handle);

	for (size_t i = 0; i < inode->xattrs.count && !error; i++) {
		const struct xattr *x = &inode->xattrs.items[i];

		error = ext2fs_xattr_set(handle, x->name, x->value, x->length);
		if (error)
			return refuse_xattr(e, inode, x, error);
	}
	return error ? error : ext2fs_xattrs_write(handle);
}

static errcode_t write_xattrs(struct ext4 *e, const struct inode *inode)
{
	struct ext2_xattr_handle *handle;
	errcode_t error = ext2fs_xattrs_open(e->fs, inode->number, &handle);

	if (error)
		return error;
	error = set_xattrs(e, inode, handle);
	ext2fs_xattrs_close(&handle);
	return error;
}

static errcode_t write_inode(struct ext4 *e, struct inode *inode)
{
	struct ext2_inode_large raw;
	errcode_t error;

	describe(inode, &raw);
	ext2fs_inode_alloc_stats2(e->fs, inode->number, +1, S_ISDIR(inode->mode));
	error = set_content(e, inode, &raw);
	if (!error)
		error = ext2fs_write_inode_full(e->fs, inode->number, small(&raw), sizeof(raw));
	if (!error && inode->xattrs.count)
		error = write_xattrs(e, inode);
	return error;
}

/* Numbers go down the tree, the entries of one directory beside each other. */
static errcode_t number_inodes(struct ext4 *e, const struct inode *dir, uint32_t *next)
{
	_cleanup_free_ struct name **names = tree_list(dir);
	errcode_t error = 0;

	if (!names)
		return EXT2_ET_NO_MEMORY;
	for (size_t i = 0; names[i]; i++)
		if (!names[i]->inode->number)
			names[i]->inode->number = (*next)++;
	for (size_t i = 0; names[i] && !error; i++)
		if (S_ISDIR(names[i]->inode->mode))
			error = number_inodes(e, names[i]->inode, next);
	return error;
}

errcode_t ext4_write_inodes(struct ext4 *e)
{
	uint32_t next = EXT2_FIRST_INODE(e->fs->super);
	errcode_t error;

	for (ext2_ino_t ino = 1; ino < next; ino++)
		if (ino != EXT2_ROOT_INO)
			ext2fs_inode_alloc_stats2(e->fs, ino, +1, 0);
	e->tree->root->number = EXT2_ROOT_INO;
	if (e->lost_found)
		e->lost_found->number = next++;
	error = number_inodes(e, e->tree->root, &next);
	for (struct inode *i = e->tree->first; i && !error; i = i->next)
		if (i->names)
			error = write_inode(e, i);
	return error;
}
