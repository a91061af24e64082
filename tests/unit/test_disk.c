/* SPDX-License-Identifier: MIT */
/* The config disk: what is written is read back, a checker finds nothing, and nothing else gets in.
 */
#include "scratch_test.h"

#include <spawn.h>
#include <sys/wait.h>

#include <ext2fs/ext2fs.h>

#include "cleanup.h"
#include "contract.h"
#include "disk.h"

static char *config;

static int make_config(void **state)
{
	uint32_t seed = 1;

	(void)state;
	config = malloc(MAX_CONFIG_BYTES + 1);
	for (size_t i = 0; config && i <= MAX_CONFIG_BYTES; i++) {
		seed = seed * 1103515245 + 12345;
		config[i] = (char)(seed >> 16);
	}
	return config ? 0 : -1;
}

static int free_config(void **state)
{
	(void)state;
	free(config);
	return 0;
}

/* The status of a program without its output. */
static int run(char *const *argv)
{
	posix_spawn_file_actions_t quiet;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	assert_int_equal(posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&quiet);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_clean(const char *path)
{
	char program[] = "e2fsck", options[] = "-fn", *file = strdup(path);
	char *argv[] = {program, options, file, NULL};

	/* Not everybody has it in PATH. */
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	assert_int_equal(run(argv), 0);
	free(file);
}

static void assert_reads(const char *path, const char *expected, size_t length)
{
	_cleanup_free_ char *json = NULL;
	size_t found;

	assert_int_equal(disk_read(path, &json, &found), 0);
	assert_int_equal(found, length);
	assert_memory_equal(json, expected, length);
	assert_int_equal(json[length], '\0');
}

/* The file is exactly as long as the filesystem on it, which mke2fs does not see to. */
static void assert_size(const char *path, size_t expected)
{
	struct stat st;
	ext2_filsys fs;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, expected);
	assert_int_equal(st.st_size % 4096, 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(ext2fs_open(path, 0, 0, 0, unix_io_manager, &fs), 0);
	assert_int_equal(ext2fs_blocks_count(fs->super) * fs->blocksize, expected);
	assert_int_equal(fs->group_desc_count, 1);
	ext2fs_close(fs);
}

static void test_sizes(void **state)
{
	static const struct {
		size_t config, disk;
	} cases[] = {
	    {0, 65536},
	    {1, 65536},
	    {1024, 65536},
	    {1025, 65536},
	    {54272, 65536},
	    {54273, 262144}, /* the larger blocks begin */
	    {233472, 262144},
	    {233473, 266240},
	    {1000000, 1032192},
	    {MAX_CONFIG_BYTES - 1, 16805888},
	    {MAX_CONFIG_BYTES, 16805888},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(disk_write("disk", DISK_EXT4, config, cases[i].config), 0);
		assert_size("disk", cases[i].disk);
		assert_clean("disk");
		assert_reads("disk", config, cases[i].config);
	}
}

static void test_too_large(void **state)
{
	struct stat st;
	int r;

	(void)state;
	stderr_begin();
	r = disk_write("disk", DISK_EXT4, config, MAX_CONFIG_BYTES + 1);
	assert_string_equal(
	    stderr_said(),
	    "vmconfig: cannot make a config disk: the config is larger than 16777216 bytes "
	    "(MAX_CONFIG_BYTES)");
	assert_int_equal(r, -EINVAL);
	assert_int_equal(stat("disk", &st), -1);
}

static void assert_same(const char *one, const char *other)
{
	size_t length, length2;
	_cleanup_free_ char *a = get_file(one, &length);
	_cleanup_free_ char *b = get_file(other, &length2);

	assert_int_equal(length, length2);
	assert_memory_equal(a, b, length);
}

/* What libext2fs and libc would take from the environment, were they let. */
static void test_reproducible(void **state)
{
	mode_t before = umask(022);

	(void)state;
	assert_int_equal(disk_write("one", DISK_EXT4, config, 3000), 0);
	setenv("TZ", "Pacific/Kiritimati", 1);
	setenv("LC_ALL", "tr_TR.UTF-8", 1);
	setenv("E2FSPROGS_FAKE_TIME", "1234567890", 1);
	setenv("SOURCE_DATE_EPOCH", "987654321", 1);
	setenv("MKE2FS_CONFIG", "/nowhere", 1);
	setenv("E2FSPROGS_BITMAP_STATS", "1", 1);
	umask(0);
	assert_int_equal(mkdir("deep", 0755), 0);
	assert_int_equal(chdir("deep"), 0);
	assert_int_equal(disk_write("two", DISK_EXT4, config, 3000), 0);
	unsetenv("TZ");
	unsetenv("LC_ALL");
	unsetenv("E2FSPROGS_FAKE_TIME");
	unsetenv("SOURCE_DATE_EPOCH");
	unsetenv("MKE2FS_CONFIG");
	unsetenv("E2FSPROGS_BITMAP_STATS");
	umask(before);
	assert_same("../one", "two");
}

static void super_of(const char *path, struct ext2_super_block *super)
{
	size_t length;
	_cleanup_free_ char *bytes = get_file(path, &length);

	assert_true(length > 2048);
	memcpy(super, bytes + 1024, sizeof(*super));
}

static void test_identity(void **state)
{
	struct ext2_super_block one, two;

	(void)state;
	assert_int_equal(disk_write("one", DISK_EXT4, config, 3000), 0);
	assert_int_equal(disk_write("two", DISK_EXT4, config, 2999), 0);
	super_of("one", &one);
	super_of("two", &two);
	assert_memory_equal(one.s_volume_name, "VMCONFIG\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(one.s_uuid[6] >> 4, 8);
	assert_int_equal(one.s_uuid[8] >> 6, 2);
	assert_memory_not_equal(one.s_uuid, two.s_uuid, 16);
	assert_memory_not_equal(one.s_hash_seed, two.s_hash_seed, 16);
	assert_int_equal(one.s_wtime, 1);
	assert_int_equal(one.s_mkfs_time, 1);
	assert_int_equal(one.s_lastcheck, 1);
	assert_int_equal(one.s_feature_compat & EXT3_FEATURE_COMPAT_HAS_JOURNAL, 0);
}

static void test_inode(void **state)
{
	struct ext2_inode_large inode;
	ext2_filsys fs;
	ext2_ino_t ino;

	(void)state;
	assert_int_equal(disk_write("disk", DISK_EXT4, config, 3000), 0);
	assert_int_equal(ext2fs_open("disk", 0, 0, 0, unix_io_manager, &fs), 0);
	assert_int_equal(ext2fs_namei(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, CONFIG_PATH, &ino), 0);
	assert_int_equal(
	    ext2fs_read_inode_full(fs, ino, (struct ext2_inode *)&inode, sizeof(inode)), 0);
	assert_int_equal(inode.i_mode, LINUX_S_IFREG | 0600);
	assert_int_equal(inode_uid(inode), 0);
	assert_int_equal(inode_gid(inode), 0);
	assert_int_equal(inode.i_links_count, 1);
	assert_int_equal(inode.i_mtime, 1);
	assert_int_equal(inode.i_ctime, 1);
	assert_int_equal(inode.i_atime, 1);
	assert_int_equal(inode.i_crtime, 1);
	assert_int_equal(inode.i_generation, 0);
	ext2fs_close(fs);
}

/* Beyond the metadata and the config there is not a byte: no memory of ours on somebody's disk. */
static void test_nothing_else(void **state)
{
	size_t length;
	_cleanup_free_ char *bytes = NULL;

	(void)state;
	assert_int_equal(disk_write("disk", DISK_EXT4, config, 3000), 0);
	bytes = get_file("disk", &length);
	for (size_t i = 0; i < 1024; i++)
		assert_int_equal(bytes[i], 0);
	for (size_t i = (size_t)11 * 1024 + 3000; i < length; i++)
		assert_int_equal(bytes[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_sizes),        scratch_test(test_too_large),
	    scratch_test(test_reproducible), scratch_test(test_identity),
	    scratch_test(test_inode),        scratch_test(test_nothing_else),
	};

	return cmocka_run_group_tests(tests, make_config, free_config);
}
