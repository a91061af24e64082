/* SPDX-License-Identifier: MIT */
/*
 * Making an ext4 filesystem.
 *
 * libext2fs would add 180 KB to init, half of what it is. What a new filesystem
 * needs is little: a superblock with copies, descriptors of groups that are not
 * initialised, two directories and an empty journal, all with checksums
 * (metadata_csum). The kernel does the rest as groups come into use. e2fsck -fn
 * is the judge of it in tests.
 */
#include "ext4_make.h"

#include <endian.h>
#include <errno.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <ext2fs/ext2_fs.h>
#include <ext2fs/ext3_extents.h>

#include "cleanup.h"
#include "crc32c.h"
#include "ext4_layout.h"
#include "whole.h"

#define ROOT_INODE    2U
#define JOURNAL_INODE 8U
#define SUPERBLOCK    1024U /* bytes before the first one */
#define JOURNAL_MAGIC 0xc03b3998U
#define EXTRA_SIZE    32U /* of an inode beyond its first 128 bytes: the fields in use */
#define TAIL          sizeof(struct ext2_dir_entry_tail)

struct making {
	int fd;
	const struct ext4_identity *id;
	struct ext4_layout layout;
	uint32_t seed; /* of all checksums: that of the UUID */
	/* The first blocks of the device: superblock, descriptors, two bitmaps, one of inodes. */
	uint8_t *head;
	size_t head_size;
	struct ext4_group_desc *descriptors; /* in the head */
};

static uint16_t low(uint32_t n)
{
	return htole16((uint16_t)n);
}

static uint16_t high(uint32_t n)
{
	return htole16((uint16_t)(n >> 16));
}

static int write_block(const struct making *m, const void *block, uint64_t number)
{
	return write_whole_at(m->fd, block, EXT4_BLOCK, number * EXT4_BLOCK);
}

/* Of a device that can, without sending the zeros. */
static int write_zeros(const struct making *m, uint64_t first, uint32_t count)
{
	const size_t piece = 16 * (size_t)EXT4_BLOCK;
	uint64_t range[2] = {first * EXT4_BLOCK, (uint64_t)count * EXT4_BLOCK};
	_cleanup_free_ uint8_t *zeros = NULL;

	if (ioctl(m->fd, BLKZEROOUT, range) == 0)
		return 0;
	zeros = calloc(1, piece);
	if (!zeros)
		return -ENOMEM;
	while (range[1] > 0) {
		size_t n = range[1] < piece ? (size_t)range[1] : piece;
		int r = write_whole_at(m->fd, zeros, n, range[0]);

		if (r < 0)
			return r;
		range[0] += n;
		range[1] -= n;
	}
	return 0;
}

/* --- inodes and directories ---------------------------------------------------------------------
 */

static uint32_t inode_seed(const struct making *m, uint32_t number)
{
	const uint32_t words[2] = {htole32(number), 0 /* its generation */};

	return crc32c(m->seed, words, sizeof(words));
}

/* One extent of @count blocks. */
static void put_extent(struct ext2_inode_large *inode, uint64_t start, uint32_t count)
{
	struct {
		struct ext3_extent_header header;
		struct ext3_extent extents[4];
	} tree = {
	    .header = {.eh_magic = htole16(EXT3_EXT_MAGIC),
	               .eh_entries = htole16(1),
	               .eh_max = htole16(4)},
	    .extents[0] = {.ee_len = htole16((uint16_t)count),
	                   .ee_start = htole32((uint32_t)start)},
	};

	memcpy(inode->i_block, &tree, sizeof(inode->i_block));
	inode->i_flags = htole32(EXT4_EXTENTS_FL);
	inode->i_size = htole32(count * EXT4_BLOCK);
	inode->i_blocks = htole32(count * (EXT4_BLOCK / 512));
}

static struct ext2_inode_large *put_inode(struct making *m, uint32_t number, mode_t mode,
                                          uint16_t links, uint64_t start, uint32_t count)
{
	uint8_t *table = m->head + ext4_inode_table(&m->layout, 0) * EXT4_BLOCK;
	struct ext2_inode_large *inode = (void *)(table + (size_t)(number - 1) * EXT4_INODE);
	const uint32_t now = htole32(m->id->time);
	uint32_t sum;

	inode->i_mode = htole16((uint16_t)mode);
	inode->i_links_count = htole16(links);
	inode->i_atime = inode->i_ctime = inode->i_mtime = inode->i_crtime = now;
	inode->i_extra_isize = htole16(EXTRA_SIZE);
	put_extent(inode, start, count);
	sum = crc32c(inode_seed(m, number), inode, EXT4_INODE);
	inode->osd2.linux2.l_i_checksum_lo = low(sum);
	inode->i_checksum_hi = high(sum);
	return inode;
}

/* Return: what follows the entry. */
static uint8_t *put_entry(uint8_t *at, uint32_t inode, const char *name, size_t length)
{
	struct ext2_dir_entry_2 entry = {
	    .inode = htole32(inode),
	    .rec_len = htole16((uint16_t)length),
	    .name_len = (uint8_t)strlen(name),
	    .file_type = EXT2_FT_DIR,
	};

	memcpy(at, &entry, offsetof(struct ext2_dir_entry_2, name));
	memcpy(at + offsetof(struct ext2_dir_entry_2, name), name, strlen(name));
	return at + length;
}

/* "." and "..", and @child, whose inode is lost+found's, or NULL. */
static int write_directory(const struct making *m, uint32_t number, const char *child,
                           uint64_t block)
{
	const size_t entry = 12, room = EXT4_BLOCK - TAIL - entry;
	uint8_t data[EXT4_BLOCK] = {0};
	struct ext2_dir_entry_tail tail = {
	    .det_rec_len = htole16(TAIL),
	    .det_reserved_name_len = htole16(EXT2_DIR_NAME_LEN_CSUM),
	};
	uint8_t *at = put_entry(data, number, ".", entry);

	at = put_entry(at, ROOT_INODE, "..", child ? entry : room);
	if (child)
		put_entry(at, EXT4_FIRST_INODE, child, room - entry);
	tail.det_checksum = htole32(crc32c(inode_seed(m, number), data, EXT4_BLOCK - TAIL));
	memcpy(data + EXT4_BLOCK - TAIL, &tail, TAIL);
	return write_block(m, data, block);
}

static int write_journal(const struct making *m)
{
	const struct ext4_layout *l = &m->layout;
	/* A superblock of jbd2, version 2: magic, type, and from the fourth word the block's size,
	 * the journal's, its first block and the next transaction; the 17th counts who uses it. */
	uint32_t words[EXT4_BLOCK / sizeof(uint32_t)] = {
	    [0] = htobe32(JOURNAL_MAGIC),
	    [1] = htobe32(4),
	    [3] = htobe32(EXT4_BLOCK),
	    [4] = htobe32(l->journal_blocks),
	    [5] = htobe32(1),
	    [6] = htobe32(1),
	    [16] = htobe32(1),
	};
	int r = write_zeros(m, ext4_journal_start(l), l->journal_blocks);

	return r < 0 ? r : write_block(m, words, ext4_journal_start(l));
}

/* --- groups -------------------------------------------------------------------------------------
 */

static void set_bits(uint8_t *bitmap, uint32_t first, uint32_t end)
{
	for (uint32_t i = first; i < end; i++)
		bitmap[i / 8] |= (uint8_t)(1U << i % 8);
}

static void fill_block_bitmap(const struct making *m, uint32_t group, uint8_t *bitmap)
{
	struct ext4_group_desc *d = &m->descriptors[group];
	uint32_t sum;

	set_bits(bitmap, 0, ext4_group_used(&m->layout, group));
	set_bits(bitmap, ext4_group_size(&m->layout, group), EXT4_GROUP_BLOCKS);
	sum = crc32c(m->seed, bitmap, EXT4_GROUP_BLOCKS / 8);
	d->bg_block_bitmap_csum_lo = low(sum);
	d->bg_block_bitmap_csum_hi = high(sum);
	d->bg_flags &= htole16((uint16_t)~EXT2_BG_BLOCK_UNINIT);
}

static void fill_inode_bitmap(const struct making *m)
{
	struct ext4_group_desc *d = &m->descriptors[0];
	const uint32_t count = m->layout.group_inodes;
	uint8_t *bitmap = m->head + ext4_inode_bitmap(&m->layout, 0) * EXT4_BLOCK;
	uint32_t sum;

	set_bits(bitmap, 0, EXT4_FIRST_INODE);
	set_bits(bitmap, count, EXT4_BLOCK * 8);
	sum = crc32c(m->seed, bitmap, count / 8);
	d->bg_inode_bitmap_csum_lo = low(sum);
	d->bg_inode_bitmap_csum_hi = high(sum);
	d->bg_flags &= htole16((uint16_t)~EXT2_BG_INODE_UNINIT);
	d->bg_free_inodes_count = d->bg_itable_unused = low(count - EXT4_FIRST_INODE);
	d->bg_used_dirs_count = htole16(2);
}

static void put_number(uint64_t n, uint32_t *low_half, uint32_t *high_half)
{
	*low_half = htole32((uint32_t)n);
	*high_half = htole32((uint32_t)(n >> 32));
}

/* As if nothing were in use but the tables; the first and the last are filled in afterwards. */
static void describe_groups(const struct making *m)
{
	const struct ext4_layout *l = &m->layout;

	for (uint32_t i = 0; i < l->groups; i++) {
		struct ext4_group_desc *d = &m->descriptors[i];

		put_number(ext4_block_bitmap(l, i), &d->bg_block_bitmap, &d->bg_block_bitmap_hi);
		put_number(ext4_inode_bitmap(l, i), &d->bg_inode_bitmap, &d->bg_inode_bitmap_hi);
		put_number(ext4_inode_table(l, i), &d->bg_inode_table, &d->bg_inode_table_hi);
		d->bg_free_blocks_count = low(ext4_group_size(l, i) - ext4_group_used(l, i));
		d->bg_free_inodes_count = d->bg_itable_unused = low(l->group_inodes);
		d->bg_flags = htole16(EXT2_BG_INODE_UNINIT | EXT2_BG_BLOCK_UNINIT);
	}
}

static void sum_descriptors(const struct making *m)
{
	for (uint32_t i = 0; i < m->layout.groups; i++) {
		const uint32_t number = htole32(i);
		uint32_t sum = crc32c(m->seed, &number, sizeof(number));

		sum = crc32c(sum, &m->descriptors[i], sizeof(m->descriptors[i]));
		m->descriptors[i].bg_checksum = low(sum);
	}
}

/* --- superblocks --------------------------------------------------------------------------------
 */

static void fill_counts(const struct making *m, struct ext2_super_block *sb)
{
	const struct ext4_layout *l = &m->layout;
	uint64_t free_blocks = 0;

	for (uint32_t i = 0; i < l->groups; i++)
		free_blocks += ext4_group_size(l, i) - ext4_group_used(l, i);
	put_number(l->blocks, &sb->s_blocks_count, &sb->s_blocks_count_hi);
	put_number(free_blocks, &sb->s_free_blocks_count, &sb->s_free_blocks_hi);
	sb->s_inodes_count = htole32(l->groups * l->group_inodes);
	sb->s_free_inodes_count = htole32(l->groups * l->group_inodes - EXT4_FIRST_INODE);
	sb->s_inodes_per_group = htole32(l->group_inodes);
	sb->s_blocks_per_group = sb->s_clusters_per_group = htole32(EXT4_GROUP_BLOCKS);
}

static void fill_features(struct ext2_super_block *sb)
{
	sb->s_feature_compat =
	    htole32(EXT3_FEATURE_COMPAT_HAS_JOURNAL | EXT2_FEATURE_COMPAT_EXT_ATTR |
	            EXT2_FEATURE_COMPAT_DIR_INDEX);
	sb->s_feature_incompat =
	    htole32(EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_EXTENTS |
	            EXT4_FEATURE_INCOMPAT_64BIT);
	sb->s_feature_ro_compat =
	    htole32(EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE |
	            EXT4_FEATURE_RO_COMPAT_HUGE_FILE | EXT4_FEATURE_RO_COMPAT_DIR_NLINK |
	            EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE | EXT4_FEATURE_RO_COMPAT_METADATA_CSUM);
	sb->s_checksum_type = EXT2_CRC32C_CHKSUM;
	sb->s_default_mount_opts = htole32(EXT2_DEFM_XATTR_USER | EXT2_DEFM_ACL);
	sb->s_def_hash_version = EXT2_HASH_HALF_MD4;
	/* The kernel would set it at the first mount: how this machine's char hashes. */
	sb->s_flags = htole32((char)-1 < 0 ? EXT2_FLAGS_SIGNED_HASH : EXT2_FLAGS_UNSIGNED_HASH);
}

/* A second copy of the journal's inode, for e2fsck to find when the first is lost. */
static void back_up_journal(struct ext2_super_block *sb, const struct ext2_inode_large *journal)
{
	sb->s_journal_inum = htole32(JOURNAL_INODE);
	sb->s_jnl_backup_type = 1;
	memcpy(sb->s_jnl_blocks, journal->i_block, sizeof(journal->i_block));
	sb->s_jnl_blocks[16] = journal->i_size;
}

static void fill_superblock(const struct making *m, struct ext2_super_block *sb,
                            const struct ext2_inode_large *journal)
{
	fill_counts(m, sb);
	fill_features(sb);
	back_up_journal(sb, journal);
	sb->s_log_block_size = sb->s_log_cluster_size = htole32(2);
	sb->s_magic = htole16(EXT2_SUPER_MAGIC);
	sb->s_state = htole16(EXT2_VALID_FS);
	sb->s_errors = htole16(EXT2_ERRORS_CONTINUE);
	sb->s_max_mnt_count = (int16_t)htole16(0xffff); /* -1: no check after so many mounts */
	sb->s_rev_level = htole32(EXT2_DYNAMIC_REV);
	sb->s_first_ino = htole32(EXT4_FIRST_INODE);
	sb->s_inode_size = htole16(EXT4_INODE);
	sb->s_desc_size = htole16(EXT4_DESCRIPTOR);
	sb->s_min_extra_isize = sb->s_want_extra_isize = htole16(EXTRA_SIZE);
	sb->s_mkfs_time = sb->s_wtime = sb->s_lastcheck = htole32(m->id->time);
	sb->s_lpf_ino = htole32(EXT4_FIRST_INODE);
	memcpy(sb->s_uuid, m->id->uuid, sizeof(sb->s_uuid));
	memcpy(sb->s_hash_seed, m->id->hash_seed, sizeof(sb->s_hash_seed));
}

static void place_superblock(const struct making *m, uint32_t group, uint8_t *at)
{
	struct ext2_super_block *sb = (void *)at;

	(void)m;
	sb->s_block_group_nr = htole16((uint16_t)group);
	sb->s_checksum = htole32(crc32c(~0U, sb, offsetof(struct ext2_super_block, s_checksum)));
}

/* With the descriptors, at the start of each group that keeps a copy. */
static int write_copies(const struct making *m, const struct ext2_super_block *sb)
{
	const size_t size = (size_t)m->layout.gdt_blocks * EXT4_BLOCK;

	for (uint32_t i = 1; i < m->layout.groups; i++) {
		uint8_t block[EXT4_BLOCK] __attribute__((aligned(8))) = {0};
		uint64_t start = ext4_group_start(i);
		int r;

		if (!ext4_group_has_super(i))
			continue;
		memcpy(block, sb, sizeof(*sb));
		place_superblock(m, i, block);
		r = write_block(m, block, start);
		if (r == 0)
			r = write_whole_at(m->fd, m->descriptors, size, (start + 1) * EXT4_BLOCK);
		if (r < 0)
			return r;
	}
	return 0;
}

static int write_last_bitmap(const struct making *m)
{
	const uint32_t last = m->layout.groups - 1;
	uint8_t bitmap[EXT4_BLOCK] = {0};

	if (last == 0)
		return 0;
	fill_block_bitmap(m, last, bitmap);
	return write_block(m, bitmap, ext4_block_bitmap(&m->layout, last));
}

static int write_files(const struct making *m)
{
	const struct ext4_layout *l = &m->layout;
	int r = write_directory(m, ROOT_INODE, "lost+found", ext4_root_block(l));

	if (r == 0)
		r = write_directory(m, EXT4_FIRST_INODE, NULL, ext4_lost_found_block(l));
	return r < 0 ? r : write_journal(m);
}

static int make(struct making *m)
{
	const struct ext4_layout *l = &m->layout;
	struct ext2_super_block *sb = (void *)(m->head + SUPERBLOCK);
	const struct ext2_inode_large *journal;
	int r;

	put_inode(m, ROOT_INODE, S_IFDIR | 0755, 3, ext4_root_block(l), 1);
	put_inode(m, EXT4_FIRST_INODE, S_IFDIR | 0700, 2, ext4_lost_found_block(l), 1);
	journal = put_inode(m, JOURNAL_INODE, S_IFREG | 0600, 1, ext4_journal_start(l),
	                    l->journal_blocks);
	describe_groups(m);
	fill_block_bitmap(m, 0, m->head + ext4_block_bitmap(l, 0) * EXT4_BLOCK);
	fill_inode_bitmap(m);
	r = write_last_bitmap(m);
	if (r < 0)
		return r;
	sum_descriptors(m);
	fill_superblock(m, sb, journal);
	r = write_copies(m, sb);
	if (r == 0)
		r = write_files(m);
	if (r < 0 || fsync(m->fd) < 0)
		return r < 0 ? r : -errno;
	place_superblock(m, 0, m->head + SUPERBLOCK);
	r = write_whole_at(m->fd, m->head, m->head_size, 0);
	return r < 0 || fsync(m->fd) == 0 ? r : -errno;
}

int ext4_make(int fd, uint64_t bytes, const struct ext4_identity *id)
{
	struct making m = {.fd = fd, .id = id, .seed = crc32c(~0U, id->uuid, sizeof(id->uuid))};
	_cleanup_free_ uint8_t *head = NULL;
	int r = ext4_layout(&m.layout, bytes);

	if (r < 0)
		return r;
	m.head_size = (size_t)(ext4_inode_table(&m.layout, 0) + 1) * EXT4_BLOCK;
	m.head = head = calloc(1, m.head_size);
	if (!head)
		return -ENOMEM;
	m.descriptors = (void *)(head + EXT4_BLOCK);
	return make(&m);
}
