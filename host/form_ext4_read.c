/* SPDX-License-Identifier: MIT */
/*
 * Reading the config from a disk image, which may come from anywhere.
 *
 * libext2fs does the work but believes the super block: how many descriptors
 * to allocate, how deep a tree is. So those are looked at first, and all
 * reading goes through a channel with a limit (ext4_io.h).
 */
#include "form_ext4_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <ext2fs/ext2fs.h>
#include <ext2fs/ext3_extents.h>

#include "cleanup.h"
#include "contract.h"
#include "ext4_io.h"
#include "error.h"

#define SUPER_BLOCK_OFFSET 1024

/* 2 TiB of groups as mke2fs makes them: descriptors of at most 16 MiB. */
#define MAX_GROUPS 16384u

/* What the kernel refuses as well (EXT4_MAX_EXTENT_DEPTH). */
#define MAX_EXTENT_DEPTH 5

/* A disk being read. */
struct source {
	const char *path;
	int fd;        /* the caller's */
	uint64_t size; /* bytes of the file or device */
	ext2_filsys fs;
};

static void source_release(struct source *s)
{
	if (s->fs)
		ext2fs_free(s->fs);
}

static int complain(const struct source *s, const char *doing, errcode_t code)
{
	return fail("%s: cannot read %s: %s", s->path, doing, disk_error(code));
}

/* Return: 0, 1 when there is no super block, or -errno. */
static int read_super(const struct source *s, struct ext2_super_block *super)
{
	ssize_t n = pread(s->fd, super, sizeof(*super), SUPER_BLOCK_OFFSET);

	if (n < 0)
		return fail_errno(errno, "cannot read '%s'", s->path);
	if ((size_t)n < sizeof(*super) || ext2fs_le16_to_cpu(super->s_magic) != EXT2_SUPER_MAGIC)
		return 1;
	return 0;
}

static int check_super(const struct source *s, const struct ext2_super_block *super)
{
	uint32_t shift = ext2fs_le32_to_cpu(super->s_log_block_size);
	uint32_t per_group = ext2fs_le32_to_cpu(super->s_blocks_per_group);
	uint64_t blocks = ext2fs_le32_to_cpu(super->s_blocks_count);

	if (ext2fs_le32_to_cpu(super->s_feature_incompat) & EXT4_FEATURE_INCOMPAT_64BIT)
		blocks |= (uint64_t)ext2fs_le32_to_cpu(super->s_blocks_count_hi) << 32;
	if (shift > EXT2_MAX_BLOCK_LOG_SIZE - EXT2_MIN_BLOCK_LOG_SIZE || per_group == 0)
		return fail("%s: its super block is damaged", s->path);
	if (blocks > s->size >> (EXT2_MIN_BLOCK_LOG_SIZE + shift))
		return fail("%s: is shorter than the filesystem on it: %" PRIu64
		            " bytes, not %" PRIu64 " blocks of %u",
		            s->path, s->size, blocks, EXT2_MIN_BLOCK_SIZE << shift);
	if (blocks / per_group >= MAX_GROUPS)
		return fail("%s: has more than %u block groups, which is no config disk", s->path,
		            MAX_GROUPS);
	return 0;
}

static int open_filesystem(struct source *s)
{
	char name[16];
	errcode_t error;

	snprintf(name, sizeof(name), "%d", s->fd);
	error = ext2fs_open(name, EXT2_FLAG_64BITS, 0, 0, disk_reader_io, &s->fs);
	return error ? complain(s, "its filesystem", error) : 0;
}

/* Inline and encrypted files are not what anything writes to a config disk. */
static int read_inode(const struct source *s, ext2_ino_t ino, const char *name,
                      struct ext2_inode *inode)
{
	struct ext3_extent_header root;
	errcode_t error = ext2fs_read_inode(s->fs, ino, inode);

	if (error)
		return complain(s, name, error);
	if (inode->i_flags & (EXT4_INLINE_DATA_FL | EXT4_ENCRYPT_FL))
		return fail("%s: %s is inline or encrypted, which cannot be read", s->path, name);
	memcpy(&root, inode->i_block, sizeof(root));
	if (inode->i_flags & EXT4_EXTENTS_FL &&
	    ext2fs_le16_to_cpu(root.eh_depth) > MAX_EXTENT_DEPTH)
		return fail("%s: the extents of %s are damaged", s->path, name);
	return 0;
}

static int find_config(const struct source *s, ext2_ino_t *ino)
{
	struct ext2_inode root;
	errcode_t error;
	int r = read_inode(s, EXT2_ROOT_INO, "its root directory", &root);

	if (r < 0)
		return r;
	error = ext2fs_lookup(s->fs, EXT2_ROOT_INO, &CONFIG_PATH[1], strlen(CONFIG_PATH) - 1, NULL,
	                      ino);
	if (error == EXT2_ET_FILE_NOT_FOUND)
		return fail("%s: holds no '" CONFIG_PATH "'", s->path);
	return error ? complain(s, "its root directory", error) : 0;
}

static int read_content(const struct source *s, ext2_ino_t ino, struct ext2_inode *inode,
                        char *text, unsigned length)
{
	unsigned got = 0;
	ext2_file_t file;
	errcode_t error = ext2fs_file_open2(s->fs, ino, inode, 0, &file);

	if (error)
		return complain(s, "'" CONFIG_PATH "'", error);
	error = ext2fs_file_read(file, text, length, &got);
	ext2fs_file_close(file);
	if (error)
		return complain(s, "'" CONFIG_PATH "'", error);
	if (got != length)
		return fail("%s: '" CONFIG_PATH "' ends early", s->path);
	return 0;
}

static int read_config(const struct source *s, char **json, size_t *length)
{
	struct ext2_inode inode;
	_cleanup_free_ char *text = NULL;
	ext2_ino_t ino;
	uint64_t size;
	int r = find_config(s, &ino);

	if (r == 0)
		r = read_inode(s, ino, "'" CONFIG_PATH "'", &inode);
	if (r < 0)
		return r;
	if (!LINUX_S_ISREG(inode.i_mode))
		return fail("%s: '" CONFIG_PATH "' is not a regular file", s->path);
	size = EXT2_I_SIZE(&inode);
	if (size > MAX_CONFIG_BYTES)
		return fail("%s: '" CONFIG_PATH "' is larger than %u bytes (MAX_CONFIG_BYTES)",
		            s->path, MAX_CONFIG_BYTES);
	text = malloc(size + 1);
	if (!text)
		return fail_errno(ENOMEM, "cannot read '%s'", s->path);
	r = read_content(s, ino, &inode, text, (unsigned)size);
	if (r < 0)
		return r;
	text[size] = '\0';
	*json = steal_ptr(&text);
	*length = size;
	return 0;
}

int form_ext4_read(const struct disk_source *disk, char **json, size_t *length)
{
	_cleanup_(source_release) struct source s = {
	    .path = disk->path, .fd = disk->fd, .size = disk->size};
	struct ext2_super_block super;
	int r = read_super(&s, &super);

	if (r == 0)
		r = check_super(&s, &super);
	if (r == 0)
		r = open_filesystem(&s);
	if (r == 0)
		r = read_config(&s, json, length);
	return r;
}
