/* SPDX-License-Identifier: MIT */
/*
 * The ext4 form: an ext4 without journal, one group, one file.
 *
 * The filesystem is laid out in memory by libext2fs and written in one go.
 * Nothing of the machine goes into it: no time, no owner, no random number,
 * no word of the environment. Its UUID is a digest of the config.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <ext2fs/ext2fs.h>

#include "contract.h"
#include "digest.h"
#include "disk_form.h"
#include "ext4_io.h"
#include "error.h"
#include "form_ext4_read.h"

/* Every time stamp on the disk. Not 0, which makes libext2fs ask the clock. */
#define DISK_TIME 1

#define INODE_SIZE  256 /* room for times after 2038, which the kernel asks for */
#define INODE_COUNT 16  /* 10 reserved, lost+found, config.json: the next multiple of 8 */

/* The two shapes of disk. Both have one block group, so that all of the config is one extent. */
struct geometry {
	unsigned block_size;
	unsigned metadata; /* blocks: super block, descriptors, bitmaps, inodes, two directories */
	unsigned minimum;  /* blocks of the smallest disk */
	unsigned maximum;  /* and of the largest */
};

static const struct geometry geometries[] = {
    /* One more of metadata, for a boot block. mke2fs has made such disks for floppies since ever.
     */
    {.block_size = 1024, .metadata = 11, .minimum = 64, .maximum = 64},
    /* Of fewer than 55 blocks libext2fs would drop the group as too small to be of use. */
    {.block_size = 4096, .metadata = 7, .minimum = 64, .maximum = 32768},
};

#define GEOMETRY_COUNT (sizeof(geometries) / sizeof(geometries[0]))

_Static_assert(MAX_CONFIG_BYTES / 4096 + 7 < 32768, "the largest config fits the larger shape");

static unsigned blocks_for(const struct geometry *g, size_t length)
{
	return (unsigned)((length + g->block_size - 1) / g->block_size);
}

static const struct geometry *choose_geometry(size_t length)
{
	size_t i = 0;

	while (i < GEOMETRY_COUNT - 1 &&
	       geometries[i].metadata + blocks_for(&geometries[i], length) > geometries[i].maximum)
		i++;
	return &geometries[i];
}

static unsigned disk_blocks(const struct geometry *g, size_t length)
{
	unsigned blocks = g->metadata + blocks_for(g, length);

	return blocks < g->minimum ? g->minimum : blocks;
}

static void set_identity(struct ext2_super_block *super, const char *json, size_t length)
{
	unsigned char digest[SHA256_BYTES];

	digest_sha256(json, length, digest);
	memcpy(super->s_uuid, digest, sizeof(super->s_uuid));
	/* RFC 9562, version 8: bits of the maker's own choosing. */
	super->s_uuid[6] = (super->s_uuid[6] & 0x0f) | 0x80;
	super->s_uuid[8] = (super->s_uuid[8] & 0x3f) | 0x80;
	memcpy(super->s_hash_seed, digest + sizeof(super->s_uuid), sizeof(super->s_hash_seed));
	memcpy(super->s_volume_name, CONFIG_DISK_LABEL, sizeof(CONFIG_DISK_LABEL) - 1);
}

static errcode_t create_filesystem(const struct geometry *g, unsigned blocks,
                                   struct disk_image *image, ext2_filsys *fs)
{
	struct ext2_super_block wanted = {
	    .s_blocks_count = blocks,
	    .s_log_block_size = g->block_size == 1024 ? 0 : 2,
	    .s_rev_level = EXT2_DYNAMIC_REV,
	    .s_inode_size = INODE_SIZE,
	    .s_inodes_count = INODE_COUNT,
	    .s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_EXTENTS,
	    .s_feature_ro_compat = EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER,
	    .s_max_mnt_count = -1, /* never ask for a check */
	};
	errcode_t error = ext2fs_initialize("config disk", 0, &wanted, disk_memory_io, fs);

	if (error)
		return error;
	disk_memory_attach(*fs, image);
	/* Over E2FSPROGS_FAKE_TIME, which libext2fs has read by now, and over the machine's char.
	 */
	(*fs)->now = DISK_TIME;
	(*fs)->super->s_mkfs_time = DISK_TIME;
	(*fs)->super->s_lastcheck = DISK_TIME;
	(*fs)->super->s_flags = EXT2_FLAGS_SIGNED_HASH;
	return 0;
}

static errcode_t add_directories(ext2_filsys fs)
{
	errcode_t error = ext2fs_allocate_tables(fs);

	if (error)
		return error;
	fs->umask = 022;
	error = ext2fs_mkdir(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, NULL);
	if (error)
		return error;
	for (ext2_ino_t ino = EXT2_BAD_INO; ino < EXT2_FIRST_INODE(fs->super); ino++)
		if (ino != EXT2_ROOT_INO)
			ext2fs_inode_alloc_stats2(fs, ino, +1, 0);
	/* e2fsck wants to find it. */
	fs->umask = 077;
	return ext2fs_mkdir(fs, EXT2_ROOT_INO, 0, "lost+found");
}

/* Give the file its blocks, and the blocks the config. */
static errcode_t fill_config(ext2_filsys fs, const struct disk_image *image, ext2_ino_t ino,
                             struct ext2_inode *inode, const char *json, size_t length)
{
	blk64_t count = (length + fs->blocksize - 1) / fs->blocksize;
	blk64_t first, last;
	errcode_t error =
	    ext2fs_fallocate(fs, EXT2_FALLOCATE_FORCE_INIT, ino, inode, ~0ULL, 0, count);

	if (!error)
		error = ext2fs_bmap2(fs, ino, inode, NULL, 0, 0, NULL, &first);
	if (!error)
		error = ext2fs_bmap2(fs, ino, inode, NULL, 0, count - 1, NULL, &last);
	if (error)
		return error;
	if (last != first + count - 1 || (last + 1) * fs->blocksize > image->size)
		return EXT2_ET_BLOCK_ALLOC_FAIL;
	memcpy(image->bytes + first * fs->blocksize, json, length);
	return 0;
}

static errcode_t add_config(ext2_filsys fs, const struct disk_image *image, const char *json,
                            size_t length)
{
	struct ext2_inode inode = {
	    .i_mode = LINUX_S_IFREG | 0600,
	    .i_links_count = 1,
	    .i_flags = length ? EXT4_EXTENTS_FL : 0, /* a tree must have a root */
	};
	ext2_ino_t ino;
	errcode_t error = ext2fs_new_inode(fs, EXT2_ROOT_INO, inode.i_mode, NULL, &ino);

	if (!error)
		error = ext2fs_inode_size_set(fs, &inode, (ext2_off64_t)length);
	if (!error)
		error = ext2fs_write_new_inode(fs, ino, &inode);
	if (error)
		return error;
	ext2fs_inode_alloc_stats2(fs, ino, +1, 0);
	if (length)
		error = fill_config(fs, image, ino, &inode, json, length);
	if (!error)
		error = ext2fs_write_inode(fs, ino, &inode);
	if (!error)
		error = ext2fs_link(fs, EXT2_ROOT_INO, &CONFIG_PATH[1], ino, EXT2_FT_REG_FILE);
	return error;
}

static errcode_t make_filesystem(const struct geometry *g, struct disk_image *image,
                                 const char *json, size_t length)
{
	ext2_filsys fs = NULL;
	unsigned blocks = (unsigned)(image->size / g->block_size);
	errcode_t error = create_filesystem(g, blocks, image, &fs);

	if (error)
		return error;
	set_identity(fs->super, json, length);
	error = add_directories(fs);
	if (!error)
		error = add_config(fs, image, json, length);
	if (!error)
		error = ext2fs_close2(fs, EXT2_FLAG_FLUSH_NO_SYNC);
	if (error)
		ext2fs_free(fs);
	return error;
}

static int make(const char *json, size_t length, struct disk_image *image)
{
	const struct geometry *g = choose_geometry(length);
	errcode_t error;
	int r = disk_allocate(image, (size_t)disk_blocks(g, length) * g->block_size);

	if (r < 0)
		return r;
	error = make_filesystem(g, image, json, length);
	return error ? fail("cannot make the filesystem of a config disk: %s", disk_error(error))
	             : 0;
}

const struct disk_form_row form_ext4 = {"ext4", make, form_ext4_read};
