/* SPDX-License-Identifier: MIT */
/* When an image is forced onto its disk. */
#include "scratch_test.h"

#include <sys/syscall.h>

#include "cleanup.h"
#include "rootfs.h"

static int syncs;

/* In place of the C library's. */
int fsync(int fd)
{
	syncs++;
	return (int)syscall(SYS_fsync, fd);
}

/* Return: how often an image of the directory "tree" was. */
static int syncs_of(const char *output)
{
	const struct rootfs_options options = {
	    .dir = (char[]){"tree"},
	    .output = (char *)(uintptr_t)output,
	    .format = &ext4_format,
	    .headroom_percent = 5,
	    .quiet = true,
	    .limits = {.bytes = 1 << 30, .entries = 1000},
	};

	syncs = 0;
	assert_int_equal(rootfs_make(&options), 0);
	return syncs;
}

/* @named: whether standard output is a file that has a name still */
static int syncs_of_stdout(bool named)
{
	_cleanup_fd_ int before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), fd = -1;
	struct stat st;
	int count;

	fd = open("stdout.img", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(before >= 0 && fd >= 0);
	if (!named)
		assert_int_equal(unlink("stdout.img"), 0);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	count = syncs_of("-");
	dup2(before, STDOUT_FILENO);
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_size > 0);
	return count;
}

static void test_only_what_has_a_name(void **state)
{
	(void)state;
	assert_int_equal(mkdir("tree", 0755), 0);
	put_file("tree/file", "x", 1);
	assert_int_equal(syncs_of("root.img"), 1);
	assert_int_equal(syncs_of_stdout(true), 1);
	assert_int_equal(syncs_of_stdout(false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {scratch_test(test_only_what_has_a_name)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
