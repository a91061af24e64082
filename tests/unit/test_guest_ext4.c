/* SPDX-License-Identifier: MIT */
/* Where everything is in an ext4 filesystem that init makes. That it is one, e2fsck says in bats.
 */
#include "guest_test.h"

#include "crc32c.h"
#include "ext4.h"
#include "ext4_layout.h"
#include "ext4_make.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static void checksum(void **state)
{
	(void)state;
	assert_int_equal(~crc32c(~0U, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(crc32c(~0U, "1234", 4), "56789", 5), crc32c(~0U, "123456789", 9));
	assert_int_equal(crc32c(5, "", 0), 5);
}

static void copies_of_the_superblock(void **state)
{
	static const uint32_t with[] = {0, 1, 3, 5, 7, 9, 25, 27, 49, 81, 125, 243, 343};
	size_t next = 0;

	(void)state;
	for (uint32_t i = 0; i < 344; i++) {
		bool expected = next < sizeof(with) / sizeof(*with) && with[next] == i;

		assert_int_equal(ext4_group_has_super(i), expected);
		next += expected;
	}
	/* Powers that do not fit into 32 bits must not run in circles. */
	assert_false(ext4_group_has_super(UINT32_MAX));
}

static void sizes(void **state)
{
	struct ext4_layout l;

	(void)state;
	assert_int_equal(ext4_layout(&l, 8 * MIB - 1), -ENOSPC);
	assert_int_equal(ext4_layout(&l, EXT4_MAX_BYTES + 1), -EFBIG);
	assert_int_equal(ext4_layout(&l, 8 * MIB + 5000), 0);
	assert_int_equal(l.blocks, 2049);
	assert_int_equal(l.groups, 1);
	assert_int_equal(l.group_inodes, 512);
	assert_int_equal(l.journal_blocks, 1024);
	assert_int_equal(ext4_layout(&l, 100 * GIB), 0);
	assert_int_equal(l.groups, 800);
	assert_int_equal(l.group_inodes, 8192);
	assert_int_equal(l.gdt_blocks, 13);
	assert_int_equal(l.journal_blocks, 16384);
}

static void a_last_group_too_small_for_its_tables_is_left_out(void **state)
{
	struct ext4_layout l;

	(void)state;
	assert_int_equal(ext4_layout(&l, 128 * MIB + MIB), 0);
	assert_int_equal(l.groups, 1);
	assert_int_equal(l.blocks, EXT4_GROUP_BLOCKS);
	assert_int_equal(ext4_layout(&l, 128 * MIB + 4 * MIB), 0);
	assert_int_equal(l.groups, 2);
	assert_int_equal(ext4_group_size(&l, 1), 1024);
}

/* Whatever the size: no group's tables, nor the journal, reach beyond the group. */
static void everything_fits(void **state)
{
	(void)state;
	for (uint64_t bytes = EXT4_MIN_BYTES; bytes <= EXT4_MAX_BYTES; bytes += bytes / 3 + 4096) {
		struct ext4_layout l;

		assert_int_equal(ext4_layout(&l, bytes), 0);
		assert_true(l.blocks * EXT4_BLOCK <= bytes);
		for (uint32_t i = 0; i < l.groups;
		     i += i < 10 || i + 2 > l.groups ? 1 : l.groups - 1 - i) {
			assert_true(ext4_group_used(&l, i) <= ext4_group_size(&l, i));
			assert_true(ext4_inode_table(&l, i) + l.table_blocks <=
			            ext4_group_start(i) + ext4_group_used(&l, i));
		}
		assert_int_equal(ext4_journal_start(&l) + l.journal_blocks, ext4_group_used(&l, 0));
	}
}

static void what_is_made_is_read(void **state)
{
	const struct ext4_identity id = {.uuid = {1}, .time = 1000000000};
	char path[] = "/tmp/vmconfig-ext4-XXXXXX";
	int fd = mkstemp(path);
	struct ext4_state s;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 300 * MIB), 0);
	assert_int_equal(ext4_read(path, &s), -ENODATA);
	assert_int_equal(ext4_make(fd, 300 * MIB, &id), 0);
	assert_int_equal(ext4_read(path, &s), 0);
	assert_int_equal(s.bytes, 300 * MIB);
	assert_int_equal(s.block_size, 4096);
	assert_false(s.unclean || s.errors || s.journaled);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(checksum),
	    cmocka_unit_test(copies_of_the_superblock),
	    cmocka_unit_test(sizes),
	    cmocka_unit_test(a_last_group_too_small_for_its_tables_is_left_out),
	    cmocka_unit_test(everything_fits),
	    cmocka_unit_test(what_is_made_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
