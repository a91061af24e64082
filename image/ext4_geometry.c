/* SPDX-License-Identifier: MIT */
/*
 * How large a filesystem must be, and making it.
 *
 * The features are those that mke2fs gives a new ext4, so that the result is
 * what administrators and kernels know, and can be grown online. Directories
 * are without an index: the kernel gives one to those that grow.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "ext4.h"

#define INODES_RESERVED  11u                    /* and lost+found */
#define SPARE_INODES     64u                    /* for whoever writes into the root */
#define BYTES_PER_INODE  16384u                 /* of what is left free, as mke2fs has it */
#define INODES_PER_GROUP (EXT4_BLOCK * 8 - 256) /* at most; tables take whole blocks */
#define BLOCKS_PER_GROUP (EXT4_BLOCK * 8)
#define LEAST_JOURNAL    1024u /* blocks, as the kernel has it */
#define LEAST_BLOCKS     64u
#define MAX_BLOCKS       (1ull << 32) /* 16 TiB: below it all tools agree */
#define MAX_ATTEMPTS     16

struct needs {
	uint64_t blocks; /* of files, directories, links, attributes */
	uint64_t inodes;
	uint64_t journal; /* blocks */
};

/* Blocks of a file's extent tree: four extents fit into the inode, one covers 32768 blocks. */
static uint64_t tree_blocks(const struct inode *inode)
{
	return inode->data_blocks > 32768 ? inode->data_blocks / 32768 / 300 + 2 : 0;
}

static int add_inode(struct needs *needs, const struct inode *inode)
{
	needs->inodes++;
	if (inode->xattrs.count)
		needs->blocks++;
	if (S_ISREG(inode->mode)) {
		needs->blocks += inode->data_blocks + tree_blocks(inode);
	} else if (S_ISLNK(inode->mode)) {
		needs->blocks += strlen(inode->target) >= sizeof(((struct ext2_inode *)0)->i_block);
	} else if (S_ISDIR(inode->mode)) {
		_cleanup_free_ struct name **names = tree_list(inode);

		if (!names)
			return -ENOMEM;
		needs->blocks += ext4_directory_blocks(names);
	}
	return 0;
}

static int find_needs(const struct tree *tree, struct needs *needs)
{
	*needs = (struct needs){.blocks = 2, .inodes = INODES_RESERVED};
	for (const struct inode *i = tree->first; i; i = i->next)
		if (i->names && add_inode(needs, i) < 0)
			return -ENOMEM;
	return 0;
}

static uint64_t headroom_blocks(const struct image_request *request, uint64_t used)
{
	return used * request->headroom_percent / 100 +
	       (request->headroom + EXT4_BLOCK - 1) / EXT4_BLOCK;
}

static errcode_t initialize(struct ext4 *e, uint64_t blocks, uint64_t inodes)
{
	struct ext2_super_block wanted = {
	    .s_log_block_size = 2,
	    .s_rev_level = EXT2_DYNAMIC_REV,
	    .s_inode_size = EXT4_INODE_SIZE,
	    .s_inodes_count = (uint32_t)inodes,
	    .s_log_groups_per_flex = 4,
	    .s_feature_compat = EXT2_FEATURE_COMPAT_RESIZE_INODE | EXT2_FEATURE_COMPAT_DIR_INDEX |
	                        EXT2_FEATURE_COMPAT_EXT_ATTR,
	    .s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_EXTENTS |
	                          EXT4_FEATURE_INCOMPAT_64BIT | EXT4_FEATURE_INCOMPAT_FLEX_BG,
	    .s_feature_ro_compat =
	        EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE |
	        EXT4_FEATURE_RO_COMPAT_HUGE_FILE | EXT4_FEATURE_RO_COMPAT_DIR_NLINK |
	        EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE | EXT4_FEATURE_RO_COMPAT_METADATA_CSUM,
	    .s_max_mnt_count = -1, /* never ask for a check */
	};
	errcode_t error;

	ext2fs_blocks_count_set(&wanted, blocks);
	error = ext2fs_initialize("image", EXT2_FLAG_64BITS, &wanted, store_io, &e->fs);
	if (error)
		return error;
	store_attach(e->fs, &e->store);
	e->fs->now = e->request.time;
	return ext2fs_allocate_tables(e->fs);
}

/* What libext2fs leaves to its caller, and over what it takes from the machine. */
static void describe(struct ext4 *e)
{
	struct ext2_super_block *super = e->fs->super;

	super->s_mkfs_time = super->s_lastcheck = (uint32_t)e->request.time;
	super->s_flags = EXT2_FLAGS_SIGNED_HASH;
	super->s_def_hash_version = EXT2_HASH_HALF_MD4;
	super->s_min_extra_isize = super->s_want_extra_isize = EXT4_EXTRA_SIZE;
	super->s_checksum_type = EXT2_CRC32C_CHKSUM;
	super->s_default_mount_opts = EXT2_DEFM_XATTR_USER | EXT2_DEFM_ACL;
	if (e->request.label)
		memcpy(super->s_volume_name, e->request.label,
		       strnlen(e->request.label, sizeof(super->s_volume_name)));
	/* The new file is zeros: no kernel has to write them. */
	for (dgrp_t group = 0; group < e->fs->group_desc_count; group++)
		ext2fs_bg_flags_set(e->fs, group, EXT2_BG_INODE_ZEROED);
}

static void discard(struct ext4 *e)
{
	ext2fs_free(e->fs);
	e->fs = NULL;
	store_release(&e->store);
}

static errcode_t too_large(const struct ext4 *e, uint64_t blocks)
{
	fail("cannot write '%s': it would be %" PRIu64 " bytes large, of at most %" PRIu64
	     " (MAX_BLOCKS)",
	     e->request.path, blocks * EXT4_BLOCK, (uint64_t)(MAX_BLOCKS * EXT4_BLOCK));
	return EXT2_ET_CANCEL_REQUESTED;
}

/* Make it, and see how many blocks its own tables leave. */
static errcode_t attempt(struct ext4 *e, uint64_t blocks, uint64_t free_wanted,
                         const struct needs *needs, uint64_t *missing)
{
	uint64_t spare = (free_wanted - needs->blocks) * EXT4_BLOCK / BYTES_PER_INODE;
	uint64_t inodes = needs->inodes + (spare > SPARE_INODES ? spare : SPARE_INODES);
	uint64_t found;
	errcode_t error;

	if (blocks >= MAX_BLOCKS || inodes >= UINT32_MAX)
		return too_large(e, blocks);
	error = initialize(e, blocks, inodes);
	if (error)
		return error;
	found = ext2fs_free_blocks_count(e->fs->super);
	*missing = found < free_wanted ? free_wanted - found : 0;
	return 0;
}

/* A group has a bitmap of one block for its inodes: many files that are empty take many groups. */
static uint64_t blocks_for_inodes(const struct needs *needs)
{
	uint64_t groups = (needs->inodes + SPARE_INODES) / INODES_PER_GROUP;

	return groups * BLOCKS_PER_GROUP;
}

static errcode_t create_computed(struct ext4 *e, const struct needs *needs)
{
	uint64_t used = needs->blocks + needs->journal;
	uint64_t wanted = used + headroom_blocks(&e->request, used);
	uint64_t blocks = wanted + LEAST_BLOCKS, least = blocks_for_inodes(needs), missing;

	blocks = blocks < least ? least : blocks;

	for (unsigned i = 0; i < MAX_ATTEMPTS; i++) {
		errcode_t error = attempt(e, blocks, wanted, needs, &missing);

		if (error == EXT2_ET_TOOSMALL) {
			missing = needs->inodes * EXT4_INODE_SIZE / EXT4_BLOCK + LEAST_BLOCKS;
			error = 0;
		}
		if (error || !missing)
			return error;
		/* A last group that would be too small to be of use is left out: go beyond. */
		blocks += missing + i * i;
		discard(e);
	}
	return EXT2_ET_BLOCK_ALLOC_FAIL;
}

static errcode_t create_given(struct ext4 *e, const struct needs *needs)
{
	uint64_t blocks = e->request.size / EXT4_BLOCK;
	uint64_t wanted = needs->blocks + needs->journal, missing = wanted;
	/* As many inodes as fit to what is free, were there no tables. */
	uint64_t spacious = wanted > blocks ? wanted : blocks;
	errcode_t error = 0;

	if (blocks >= 64)
		error = attempt(e, blocks, spacious, needs, &missing);
	if (error == EXT2_ET_TOOSMALL || error == EXT2_ET_TOO_MANY_INODES) {
		discard(e);
		error = 0;
	}
	if (!error && e->fs)
		missing = wanted > ext2fs_free_blocks_count(e->fs->super) ? 1 : 0;
	if (error || !missing)
		return error;
	fail("cannot write '%s': --size %" PRIu64 " is too small for %" PRIu64
	     " bytes of files and directories, and %" PRIu64 " inodes",
	     e->request.path, e->request.size, wanted * EXT4_BLOCK, needs->inodes);
	return EXT2_ET_CANCEL_REQUESTED;
}

errcode_t ext4_create(struct ext4 *e)
{
	struct needs needs;
	errcode_t error;

	if (find_needs(e->tree, &needs) < 0)
		return EXT2_ET_NO_MEMORY;
	if (e->request.journal) {
		uint64_t blocks = e->request.size ? e->request.size / EXT4_BLOCK : needs.blocks;
		int journal = ext2fs_default_journal_size(blocks);

		e->journal_blocks = journal < 0 ? LEAST_JOURNAL : (uint32_t)journal;
		needs.journal = e->journal_blocks + 8;
	}
	error = e->request.size ? create_given(e, &needs) : create_computed(e, &needs);
	if (error)
		return error;
	describe(e);
	return 0;
}
