/* SPDX-License-Identifier: MIT */
/* What a config disk's first bytes say. */
#include "guest_test.h"

#include <endian.h>
#include <linux/magic.h>
#include <sys/mman.h>

#include <ext2fs/ext2_fs.h>

#include "config_probe.h"
#include "filesystem.h"

static struct {
	uint32_t first;
	unsigned char before_ext[1020];
	struct ext2_super_block ext;
} disk;

static int probe(struct filesystem *fs, size_t size)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);
	int r;

	*fs = (struct filesystem){0};
	assert_int_equal(write(fd, &disk, size), (ssize_t)size);
	r = config_probe(fd, fs);
	close(fd);
	return r;
}

static int set_up(void **state)
{
	(void)state;
	memset(&disk, 0, sizeof(disk));
	disk.ext.s_magic = htole16(EXT2_SUPER_MAGIC);
	memcpy(disk.ext.s_volume_name, "SIXTEEN-BYTES-OK", 16);
	return 0;
}

static void test_the_type_is_that_of_the_driver_that_can_mount_it(void **state)
{
	static const struct {
		uint32_t compat, incompat, ro_compat;
		const char *type;
	} rows[] = {
	    {0, 0, 0, "ext2"},
	    {0, EXT2_FEATURE_INCOMPAT_FILETYPE, EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER, "ext2"},
	    {EXT3_FEATURE_COMPAT_HAS_JOURNAL, EXT2_FEATURE_INCOMPAT_FILETYPE, 0, "ext3"},
	    {EXT3_FEATURE_COMPAT_HAS_JOURNAL, EXT3_FEATURE_INCOMPAT_RECOVER, 0, "ext3"},
	    {0, EXT3_FEATURE_INCOMPAT_EXTENTS, 0, "ext4"},
	    {EXT3_FEATURE_COMPAT_HAS_JOURNAL, EXT3_FEATURE_INCOMPAT_EXTENTS, 0, "ext4"},
	    {0, 0, EXT4_FEATURE_RO_COMPAT_METADATA_CSUM, "ext4"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct filesystem fs;

		disk.ext.s_feature_compat = htole32(rows[i].compat);
		disk.ext.s_feature_incompat = htole32(rows[i].incompat);
		disk.ext.s_feature_ro_compat = htole32(rows[i].ro_compat);
		assert_int_equal(probe(&fs, sizeof(disk)), 0);
		assert_string_equal(fs.type, rows[i].type);
		assert_string_equal(fs.label, "SIXTEEN-BYTES-OK");
	}
}

static void test_what_looks_like_two_is_neither(void **state)
{
	struct filesystem fs;

	(void)state;
	disk.first = htole32(SQUASHFS_MAGIC);
	assert_int_equal(probe(&fs, sizeof(disk)), -ENOTUNIQ);
	disk.ext.s_magic = 0;
	assert_int_equal(probe(&fs, sizeof(disk)), 0);
	assert_string_equal(fs.type, "squashfs");
	assert_string_equal(fs.label, "");
	disk.first = 0;
	assert_int_equal(probe(&fs, sizeof(disk)), -ENODATA);
}

static void test_a_disk_that_ends_early_is_none(void **state)
{
	struct filesystem fs;

	(void)state;
	assert_int_equal(probe(&fs, sizeof(disk) - 1), -ENODATA);
	assert_int_equal(probe(&fs, 0), -ENODATA);
}

#define PROBE_TEST(function) cmocka_unit_test_setup(function, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    PROBE_TEST(test_the_type_is_that_of_the_driver_that_can_mount_it),
	    PROBE_TEST(test_what_looks_like_two_is_neither),
	    PROBE_TEST(test_a_disk_that_ends_early_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
