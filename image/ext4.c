/* SPDX-License-Identifier: MIT */
/*
 * Writing an ext4 image: the tree is known before, the bytes of files come one
 * after the other and go to their blocks at once, the rest is written last.
 *
 * Nothing of the machine goes into it: no time, no owner, no random number.
 */
#include "ext4.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ext4_io.h"
#include "error.h"

#define LOST_FOUND "lost+found"

/* Say what went wrong, unless it has been said. */
static int report(const struct ext4 *e, errcode_t error)
{
	if (!error)
		return 0;
	if (error == EXT2_ET_CANCEL_REQUESTED)
		return -EINVAL;
	if (error > 0 && error < 256)
		return fail_errno((int)error, "cannot write '%s'", e->request.path);
	return fail("cannot write '%s': %s", e->request.path, disk_error(error));
}

/* e2fsck wants to find it. An image may bring its own. */
static errcode_t add_lost_found(struct ext4 *e)
{
	struct name *name = tree_find(e->tree->root, LOST_FOUND, sizeof(LOST_FOUND) - 1);

	if (name) {
		e->lost_found = S_ISDIR(name->inode->mode) ? name->inode : NULL;
		return 0;
	}
	e->lost_found = tree_new_inode(e->tree, S_IFDIR | 0700, 0);
	if (!e->lost_found || !tree_link(e->tree, e->tree->root, LOST_FOUND, sizeof(LOST_FOUND) - 1,
	                                 e->lost_found, 0))
		return EXT2_ET_NO_MEMORY;
	e->lost_found->mtime = e->request.time;
	return 0;
}

static int begin(const struct image_request *request, struct tree *tree, void **writer)
{
	struct ext4 *e = calloc(1, sizeof(*e));
	errcode_t error;

	*writer = e;
	if (!e)
		return fail_errno(ENOMEM, "cannot write '%s'", request->path);
	e->request = *request;
	e->tree = tree;
	e->window = calloc(1, EXT4_WINDOW);
	error = e->window ? add_lost_found(e) : EXT2_ET_NO_MEMORY;
	if (!error)
		error = ext4_create(e);
	return report(e, error);
}

/* Whether bytes at @offset belong to a block that is being gathered, or to the next. */
static bool window_takes(const struct ext4 *e, const struct inode *file, uint64_t offset)
{
	size_t blocks = (e->window_end + EXT4_BLOCK - 1) / EXT4_BLOCK;

	return e->window_file == file && offset < e->window_start + EXT4_WINDOW &&
	       offset <= e->window_start + blocks * EXT4_BLOCK;
}

static int data(void *writer, struct inode *file, uint64_t offset, const void *bytes, size_t length)
{
	struct ext4 *e = writer;
	const char *from = bytes;

	while (length) {
		size_t inside, n;

		if (e->window_end && !window_takes(e, file, offset)) {
			errcode_t error = ext4_flush_window(e);

			if (error)
				return report(e, error);
		}
		if (!e->window_end) {
			e->window_file = file;
			e->window_start = offset / EXT4_BLOCK * EXT4_BLOCK;
		}
		inside = (size_t)(offset - e->window_start);
		n = EXT4_WINDOW - inside;
		n = n < length ? n : length;
		e->window_end = inside + n;
		memcpy(e->window + inside, from, n);
		from += n;
		offset += n;
		length -= n;
	}
	return 0;
}

static int end_file(void *writer, struct inode *file)
{
	struct ext4 *e = writer;

	(void)file;
	return e->window_end ? report(e, ext4_flush_window(e)) : 0;
}

static void set_identity(struct ext4 *e, const unsigned char *digest)
{
	struct ext2_super_block *super = e->fs->super;

	if (e->request.uuid) {
		memcpy(super->s_uuid, e->request.uuid, sizeof(super->s_uuid));
	} else {
		memcpy(super->s_uuid, digest, sizeof(super->s_uuid));
		/* RFC 9562, version 8: bits of the maker's own choosing. */
		super->s_uuid[6] = (super->s_uuid[6] & 0x0f) | 0x80;
		super->s_uuid[8] = (super->s_uuid[8] & 0x3f) | 0x80;
	}
	memcpy(super->s_hash_seed, digest + sizeof(super->s_uuid), sizeof(super->s_hash_seed));
	ext2fs_init_csum_seed(e->fs);
	/* Those of groups that nothing is put into have been made of the seed before. */
	for (dgrp_t group = 0; group < e->fs->group_desc_count; group++)
		ext2fs_group_desc_csum_set(e->fs, group);
}

static errcode_t add_journal(struct ext4 *e)
{
	return ext2fs_add_journal_inode2(e->fs, e->journal_blocks, ~0ULL, EXT2_MKJOURNAL_LAZYINIT);
}

static int finish(void *writer, const unsigned char *digest)
{
	struct ext4 *e = writer;
	uint64_t bytes = ext2fs_blocks_count(e->fs->super) * EXT4_BLOCK;
	errcode_t error;

	/* A last group of a few blocks is not used, but was asked for. */
	if (e->request.size > bytes)
		bytes = e->request.size;
	set_identity(e, digest);
	error = ext4_write_inodes(e);
	if (!error)
		error = ext2fs_create_resize_inode(e->fs);
	if (!error && e->journal_blocks)
		error = add_journal(e);
	if (!error)
		error = ext2fs_close2(e->fs, EXT2_FLAG_FLUSH_NO_SYNC);
	if (error)
		return report(e, error);
	e->fs = NULL;
	error = -store_flush(&e->store, e->request.fd);
	if (!error && ftruncate(e->request.fd, (off_t)bytes) < 0)
		error = errno;
	return report(e, error);
}

static void release(void *writer)
{
	struct ext4 *e = writer;

	if (!e)
		return;
	if (e->fs)
		ext2fs_free(e->fs);
	store_release(&e->store);
	free(e->window);
	free(e);
}

const struct image_format ext4_format = {
    .name = "ext4",
    .has_identity = true,
    .has_space = true,
    .begin = begin,
    .data = data,
    .end_file = end_file,
    .finish = finish,
    .release = release,
};
