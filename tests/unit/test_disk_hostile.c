/* SPDX-License-Identifier: MIT */
/* Disks that are no config disks, or are made to harm who reads them: an error and an end, always.
 */
#include "scratch_test.h"

#include <ext2fs/ext2fs.h>
#include <ext2fs/ext3_extents.h>

#include "cleanup.h"
#include "contract.h"
#include "disk.h"

#define CONFIG "{\"version\":1}\n"

static int set_up(void **state)
{
	return scratch_enter(state) || disk_write("disk", DISK_EXT4, CONFIG, strlen(CONFIG));
}

#define disk_test(f) cmocka_unit_test_setup_teardown(f, set_up, scratch_leave)

/* Let somebody at the filesystem. */
static void damage(void (*how)(ext2_filsys fs))
{
	ext2_filsys fs;

	assert_int_equal(ext2fs_open("disk", EXT2_FLAG_RW, 0, 0, unix_io_manager, &fs), 0);
	assert_int_equal(ext2fs_read_bitmaps(fs), 0);
	how(fs);
	assert_int_equal(ext2fs_close(fs), 0);
}

/* @message: "" for any */
static void assert_refused(const char *path, int result, const char *message)
{
	char *json = NULL;
	const char *said;
	size_t length;
	int r;

	stderr_begin();
	r = disk_read(path, &json, &length);
	said = stderr_said();
	assert_int_equal(r, result);
	assert_null(json);
	if (*message)
		assert_string_equal(said + strlen("vmconfig: "), message);
	else
		assert_true(said[0]);
}

static void assert_no_disk(const char *path)
{
	char *json = NULL;
	const char *said;
	size_t length;
	int r;

	stderr_begin();
	r = disk_read(path, &json, &length);
	said = stderr_said();
	assert_int_equal(r, 1);
	assert_string_equal(said, "");
}

static void test_no_disk(void **state)
{
	char zeros[4096] = {0};

	(void)state;
	put_file("json", CONFIG, strlen(CONFIG));
	put_file("empty", "", 0);
	put_file("zeros", zeros, sizeof(zeros));
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_no_disk("json");
	assert_no_disk("empty");
	assert_no_disk("zeros");
	assert_no_disk("pipe");
	assert_no_disk("/dev/null");
	assert_refused(".", -EISDIR, "'.' is a directory");
	assert_refused("missing", -ENOENT, "cannot open 'missing': No such file or directory");
}

static void test_truncated(void **state)
{
	(void)state;
	for (off_t size = 65535; size >= 2048; size -= 1024 + size % 7) {
		assert_int_equal(truncate("disk", size), 0);
		assert_refused("disk", -EINVAL, "");
	}
	assert_int_equal(truncate("disk", 2047), 0);
	assert_no_disk("disk");
	assert_int_equal(truncate("disk", 40000), 0);
	assert_refused("disk", -EINVAL, "");
}

static void test_truncated_message(void **state)
{
	(void)state;
	assert_int_equal(truncate("disk", 30000), 0);
	assert_refused("disk", -EINVAL,
	               "disk: is shorter than the filesystem on it: 30000 bytes, not 64 blocks of "
	               "1024");
}

static ext2_ino_t config_inode(ext2_filsys fs, struct ext2_inode *inode)
{
	ext2_ino_t ino;

	assert_int_equal(ext2fs_namei(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, CONFIG_PATH, &ino), 0);
	assert_int_equal(ext2fs_read_inode(fs, ino, inode), 0);
	return ino;
}

static void remove_config(ext2_filsys fs)
{
	assert_int_equal(ext2fs_unlink(fs, EXT2_ROOT_INO, "config.json", 0, 0), 0);
}

static void test_no_config(void **state)
{
	(void)state;
	damage(remove_config);
	assert_refused("disk", -EINVAL, "disk: holds no '/config.json'");
}

static void make_symlink(ext2_filsys fs)
{
	remove_config(fs);
	assert_int_equal(ext2fs_symlink(fs, EXT2_ROOT_INO, 0, "config.json", "/etc/shadow"), 0);
}

static void make_directory(ext2_filsys fs)
{
	remove_config(fs);
	assert_int_equal(ext2fs_mkdir(fs, EXT2_ROOT_INO, 0, "config.json"), 0);
}

static void make_device(ext2_filsys fs)
{
	struct ext2_inode inode;
	ext2_ino_t ino = config_inode(fs, &inode);

	inode.i_mode = LINUX_S_IFBLK | 0600;
	assert_int_equal(ext2fs_write_inode(fs, ino, &inode), 0);
}

static void test_no_regular_file(void **state)
{
	static void (*const ways[])(ext2_filsys) = {make_device, make_symlink, make_directory};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		assert_int_equal(disk_write("disk", DISK_EXT4, CONFIG, strlen(CONFIG)), 0);
		damage(ways[i]);
		assert_refused("disk", -EINVAL, "disk: '/config.json' is not a regular file");
	}
}

static void make_too_large(ext2_filsys fs)
{
	struct ext2_inode inode;
	ext2_ino_t ino = config_inode(fs, &inode);

	assert_int_equal(ext2fs_inode_size_set(fs, &inode, MAX_CONFIG_BYTES + 1), 0);
	assert_int_equal(ext2fs_write_inode(fs, ino, &inode), 0);
}

static void make_huge(ext2_filsys fs)
{
	struct ext2_inode inode;
	ext2_ino_t ino = config_inode(fs, &inode);

	inode.i_size = UINT32_MAX;
	inode.i_size_high = INT32_MAX;
	assert_int_equal(ext2fs_write_inode(fs, ino, &inode), 0);
}

static void test_too_large(void **state)
{
	(void)state;
	damage(make_too_large);
	assert_refused("disk", -EINVAL,
	               "disk: '/config.json' is larger than 16777216 bytes (MAX_CONFIG_BYTES)");
	damage(make_huge);
	assert_refused("disk", -EINVAL,
	               "disk: '/config.json' is larger than 16777216 bytes (MAX_CONFIG_BYTES)");
}

static void make_inline(ext2_filsys fs)
{
	struct ext2_inode inode;
	ext2_ino_t ino = config_inode(fs, &inode);

	inode.i_flags |= EXT4_INLINE_DATA_FL;
	assert_int_equal(ext2fs_write_inode(fs, ino, &inode), 0);
}

static void test_inline(void **state)
{
	(void)state;
	damage(make_inline);
	assert_refused("disk", -EINVAL,
	               "disk: '/config.json' is inline or encrypted, which cannot be read");
}

/*
 * Every pointer of block 32 leads to block 32: three levels of it are 16 million blocks. It is
 * also a directory block, of entries 32 bytes long without a name.
 */
static void make_block_loop(ext2_filsys fs, ext2_ino_t ino, struct ext2_inode *inode)
{
	uint32_t pointers[256];

	for (size_t i = 0; i < 256; i++)
		pointers[i] = 32;
	assert_int_equal(io_channel_write_blk64(fs->io, 32, 1, pointers), 0);
	inode->i_flags &= ~(uint32_t)EXT4_EXTENTS_FL;
	inode->i_size = MAX_CONFIG_BYTES;
	for (size_t i = 0; i < EXT2_N_BLOCKS; i++)
		inode->i_block[i] = 32;
	assert_int_equal(ext2fs_write_inode(fs, ino, inode), 0);
}

static void loop_directory(ext2_filsys fs)
{
	struct ext2_inode inode;

	assert_int_equal(ext2fs_read_inode(fs, EXT2_ROOT_INO, &inode), 0);
	make_block_loop(fs, EXT2_ROOT_INO, &inode);
}

static void loop_config(ext2_filsys fs)
{
	struct ext2_inode inode;
	ext2_ino_t ino = config_inode(fs, &inode);

	make_block_loop(fs, ino, &inode);
}

static void test_block_loops(void **state)
{
	_cleanup_free_ char *json = NULL;
	size_t length;

	(void)state;
	/* Of a file only as much is read as it is long: this one says 16 MiB, and they can be had.
	 */
	damage(loop_config);
	assert_int_equal(disk_read("disk", &json, &length), 0);
	assert_int_equal(length, MAX_CONFIG_BYTES);
	damage(loop_directory);
	assert_refused("disk", -EINVAL,
	               "disk: cannot read its root directory: its blocks lead in circles, or there "
	               "are far too many");
}

/* An index of extents, every entry of which leads to another such block. */
static void put_index(ext2_filsys fs, void *to, size_t entries, unsigned depth, uint32_t leaf)
{
	struct ext3_extent_header *header = to;
	struct ext3_extent_idx *index = (struct ext3_extent_idx *)(header + 1);

	(void)fs;
	*header = (struct ext3_extent_header){
	    .eh_magic = EXT3_EXT_MAGIC,
	    .eh_entries = (uint16_t)entries,
	    .eh_max = (uint16_t)entries,
	    .eh_depth = (uint16_t)depth,
	};
	for (size_t i = 0; i < entries; i++)
		index[i] = (struct ext3_extent_idx){.ei_block = (uint32_t)i, .ei_leaf = leaf};
}

/* Five levels of 84 entries each, all the same blocks: 4 thousand million paths. */
static void loop_extents(ext2_filsys fs)
{
	struct ext2_inode inode;
	uint32_t block[256];

	for (unsigned level = 4; level > 0; level--) {
		memset(block, 0, sizeof(block));
		put_index(fs, block, 84, level, 40 + level - 1);
		assert_int_equal(io_channel_write_blk64(fs->io, 40 + level, 1, block), 0);
	}
	memset(block, 0, sizeof(block));
	put_index(fs, block, 84, 0, 0);
	for (size_t i = 0; i < 84; i++)
		((struct ext3_extent *)(block + 3))[i] =
		    (struct ext3_extent){.ee_block = (uint32_t)i, .ee_len = 1, .ee_start = 50};
	assert_int_equal(io_channel_write_blk64(fs->io, 40, 1, block), 0);
	memset(block, 0, sizeof(block));
	block[1] = 1024; /* a directory block without entries */
	assert_int_equal(io_channel_write_blk64(fs->io, 50, 1, block), 0);
	assert_int_equal(ext2fs_read_inode(fs, EXT2_ROOT_INO, &inode), 0);
	put_index(fs, inode.i_block, 4, 5, 44);
	assert_int_equal(ext2fs_write_inode(fs, EXT2_ROOT_INO, &inode), 0);
}

static void deep_extents(ext2_filsys fs)
{
	struct ext2_inode inode;
	ext2_ino_t ino = config_inode(fs, &inode);

	((struct ext3_extent_header *)inode.i_block)->eh_depth = 65535;
	assert_int_equal(ext2fs_write_inode(fs, ino, &inode), 0);
}

static void test_extents(void **state)
{
	(void)state;
	damage(deep_extents);
	assert_refused("disk", -EINVAL, "disk: the extents of '/config.json' are damaged");
	assert_int_equal(disk_write("disk", DISK_EXT4, CONFIG, strlen(CONFIG)), 0);
	damage(loop_extents);
	assert_refused("disk", -EINVAL,
	               "disk: cannot read its root directory: its blocks lead in circles, or there "
	               "are far too many");
}

static void set_super(const char *path, size_t offset, uint32_t value)
{
	_cleanup_fd_ int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_int_equal(pwrite(fd, &value, sizeof(value), (off_t)(1024 + offset)), sizeof(value));
}

#define SUPER(field) offsetof(struct ext2_super_block, field)

/* Descriptors of all the groups would be 4 GiB; the file has the size that is claimed. */
static void test_many_groups(void **state)
{
	(void)state;
	assert_int_equal(truncate("disk", (off_t)1 << 40), 0);
	set_super("disk", SUPER(s_blocks_count), 1u << 30);
	set_super("disk", SUPER(s_blocks_per_group), 8);
	set_super("disk", SUPER(s_clusters_per_group), 8);
	set_super("disk", SUPER(s_inodes_count), 0x80000000);
	assert_refused("disk", -EINVAL,
	               "disk: has more than 16384 block groups, which is no config disk");
}

static void test_super_block(void **state)
{
	(void)state;
	set_super("disk", SUPER(s_log_block_size), 31);
	assert_refused("disk", -EINVAL, "disk: its super block is damaged");
	set_super("disk", SUPER(s_log_block_size), 0);
	set_super("disk", SUPER(s_blocks_per_group), 0);
	assert_refused("disk", -EINVAL, "disk: its super block is damaged");
	set_super("disk", SUPER(s_blocks_per_group), 8192);
	set_super("disk", SUPER(s_feature_incompat), UINT32_MAX);
	assert_refused("disk", -EINVAL, "");
}

/* Nothing is asserted of the result but that there is one: the sanitizers watch. */
static void flip_bits(size_t from, size_t to)
{
	_cleanup_fd_ int fd = open("disk", O_RDWR | O_CLOEXEC);

	for (size_t at = from; at < to; at++) {
		_cleanup_free_ char *json = NULL;
		unsigned char before, after;
		size_t length;
		int r;

		assert_int_equal(pread(fd, &before, 1, (off_t)at), 1);
		for (unsigned bit = 0; bit < 10; bit++) {
			after = bit < 8 ? before ^ (1u << bit) : bit == 8 ? 0xff : 0x7f;
			assert_int_equal(pwrite(fd, &after, 1, (off_t)at), 1);
			stderr_begin();
			r = disk_read("disk", &json, &length);
			stderr_said();
			assert_in_range(r + 1000, 0, 1001);
			free(json);
			json = NULL;
		}
		assert_int_equal(pwrite(fd, &before, 1, (off_t)at), 1);
	}
}

static void test_flipped_super_block(void **state)
{
	(void)state;
	flip_bits(1024, 1024 + 400);
}

static void test_flipped_descriptors(void **state)
{
	(void)state;
	flip_bits(2048, 2048 + 32);
}

/* Inodes of 256 bytes from block 5 on; the root is the second, the config the twelfth. */
static void test_flipped_inodes(void **state)
{
	(void)state;
	flip_bits((size_t)5 * 1024 + 256, (size_t)5 * 1024 + 256 + 160);
	flip_bits((size_t)5 * 1024 + (size_t)11 * 256, (size_t)5 * 1024 + (size_t)11 * 256 + 160);
}

static void test_flipped_directory(void **state)
{
	(void)state;
	flip_bits((size_t)9 * 1024, (size_t)9 * 1024 + 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    disk_test(test_no_disk),
	    disk_test(test_truncated),
	    disk_test(test_truncated_message),
	    disk_test(test_no_config),
	    disk_test(test_no_regular_file),
	    disk_test(test_too_large),
	    disk_test(test_inline),
	    disk_test(test_block_loops),
	    disk_test(test_extents),
	    disk_test(test_many_groups),
	    disk_test(test_super_block),
	    disk_test(test_flipped_super_block),
	    disk_test(test_flipped_descriptors),
	    disk_test(test_flipped_inodes),
	    disk_test(test_flipped_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
