/* SPDX-License-Identifier: MIT */
/* Paths in a tree that is not to be trusted: links that lead out, things that are no files. */
#include "guest_test.h"

#include <sys/stat.h>

#include "beneath.h"
#include "cleanup.h"

/*
 * top/outside/          must stay as it is
 * top/root/             the tree
 */
static char top[] = "/tmp/vmconfig-beneath-XXXXXX";
static int top_fd, root_fd;

static int set_up(void **state)
{
	(void)state;
	memcpy(top + strlen(top) - 6, "XXXXXX", 6);
	if (!mkdtemp(top))
		return -1;
	top_fd = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	mkdirat(top_fd, "outside", 0755);
	mkdirat(top_fd, "root", 0755);
	root_fd = openat(top_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root_fd < 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(root_fd);
	close(top_fd);
	remove_tree(top);
	return 0;
}

static void put(const char *path, const char *text)
{
	_cleanup_fd_ int fd = openat(root_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void assert_text(const char *path, const char *expected)
{
	_cleanup_free_ char *text = NULL;
	size_t length;

	assert_int_equal(beneath_read(root_fd, path, 1000, &text, &length), 0);
	assert_int_equal(length, strlen(expected));
	assert_string_equal(text, expected);
}

static mode_t type_of(const char *path)
{
	struct stat st;

	return fstatat(root_fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_mode;
}

static int replace(const char *path)
{
	return beneath_replace(root_fd, path, "new\n", 4, 0644);
}

static int make_dirs(const char *path)
{
	int fd = beneath_mkdirs(root_fd, path, 01777);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static void assert_nothing_outside(void)
{
	assert_int_equal(unlinkat(top_fd, "outside", AT_REMOVEDIR), 0);
}

static void test_open_stays_inside(void **state)
{
	static const char *const targets[] = {"/outside", "../outside", "../../../../outside"};
	int fd;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(symlinkat(targets[i], root_fd, "link"), 0);
		assert_int_equal(beneath_open(root_fd, "link", O_PATH, 0), -ENOENT);
		assert_int_equal(unlinkat(root_fd, "link", 0), 0);
	}
	assert_int_equal(beneath_open(root_fd, "../outside", O_PATH, 0), -ENOENT);
	fd = beneath_open(root_fd, "new", O_WRONLY | O_CREAT | O_EXCL, 0640);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	assert_int_equal(type_of("new"), S_IFREG | 0640);
}

static void test_mkdirs_makes_each(void **state)
{
	struct stat st;
	int fd = beneath_mkdirs(root_fd, "/a//b/./c/", 01777);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 01777);
	close(fd);
	assert_int_equal(type_of("a/b"), S_IFDIR | 01777);
	assert_int_equal(make_dirs("a/b/c"), 0);
	assert_int_equal(make_dirs("/"), 0);
	assert_int_equal(make_dirs("a/x/../y"), 0);
	assert_int_equal(type_of("a/y"), S_IFDIR | 01777);
	assert_int_equal(make_dirs(""), -ENOENT);
}

static void test_mkdirs_follows_inside(void **state)
{
	(void)state;
	/* /var/run leads to /run as in most images; neither /run nor what is below is there */
	assert_int_equal(make_dirs("/var"), 0);
	assert_int_equal(symlinkat("/run/here", root_fd, "var/run"), 0);
	assert_int_equal(make_dirs("/var/run/app/data"), 0);
	assert_int_equal(type_of("run/here/app/data"), S_IFDIR | 01777);
	/* relative, and past the root */
	assert_int_equal(symlinkat("../../../outside", root_fd, "var/out"), 0);
	assert_int_equal(make_dirs("/var/out"), 0);
	assert_int_equal(type_of("outside"), S_IFDIR | 01777);
	assert_nothing_outside();
}

static void test_mkdirs_refuses(void **state)
{
	char deep[5000];

	(void)state;
	put("file", "");
	assert_int_equal(make_dirs("file"), -ENOTDIR);
	assert_int_equal(make_dirs("file/x"), -ENOTDIR);
	assert_int_equal(symlinkat("loop", root_fd, "loop"), 0);
	assert_int_equal(make_dirs("loop/x"), -ELOOP);
	/* grows at each turn: /grow/a, /grow/a/a, … */
	assert_int_equal(symlinkat("grow/a", root_fd, "grow"), 0);
	assert_int_equal(make_dirs("grow"), -ELOOP);
	memset(deep, 'x', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	assert_int_equal(make_dirs(deep), -ENAMETOOLONG);
}

static void test_replace_writes(void **state)
{
	(void)state;
	assert_int_equal(replace("/etc/app/name"), 0);
	assert_text("etc/app/name", "new\n");
	assert_int_equal(type_of("etc/app/name"), S_IFREG | 0644);
	assert_int_equal(type_of("etc"), S_IFDIR | 0755);
	put("old", "much longer than the new one");
	assert_int_equal(replace("old"), 0);
	assert_text("old", "new\n");
	assert_int_equal(replace("odd\nname \x01"), 0);
	assert_text("odd\nname \x01", "new\n");
}

static void test_replace_does_not_follow(void **state)
{
	(void)state;
	put("victim", "victim");
	assert_int_equal(symlinkat("victim", root_fd, "link"), 0);
	assert_int_equal(replace("link"), 0);
	assert_text("victim", "victim");
	assert_int_equal(symlinkat("../outside/file", root_fd, "dangling"), 0);
	assert_int_equal(replace("dangling"), 0);
	assert_int_equal(type_of("dangling"), S_IFREG | 0644);
	/* a directory on the way that leads out is made inside */
	assert_int_equal(symlinkat("../outside", root_fd, "etc"), 0);
	assert_int_equal(replace("etc/file"), 0);
	assert_text("outside/file", "new\n");
	assert_int_equal(mkfifoat(root_fd, "fifo", 0600), 0);
	assert_int_equal(replace("fifo"), 0);
	assert_text("fifo", "new\n");
	assert_nothing_outside();
}

static void test_replace_refuses(void **state)
{
	(void)state;
	assert_int_equal(make_dirs("dir"), 0);
	assert_int_equal(replace("dir"), -EISDIR);
	assert_int_equal(replace("dir/"), -EISDIR);
	assert_int_equal(replace("dir/.."), -EISDIR);
	put("file", "");
	assert_int_equal(replace("file/x"), -ENOTDIR);
	/* nothing is left behind */
	assert_int_equal(type_of(".vmconfig-new-0"), 0);
	/* what an interrupted run left is no obstacle, nor is a directory of that name */
	put(".vmconfig-new-0", "left over");
	assert_int_equal(replace("file"), 0);
	assert_text("file", "new\n");
	assert_int_equal(make_dirs(".vmconfig-new-0/x"), 0);
	assert_int_equal(replace("file"), 0);
}

static void test_read_refuses(void **state)
{
	_cleanup_free_ char *text = NULL;
	size_t length;

	(void)state;
	assert_int_equal(beneath_read(root_fd, "none", 10, &text, &length), -ENOENT);
	assert_int_equal(make_dirs("dir"), 0);
	assert_int_equal(beneath_read(root_fd, "dir", 10, &text, &length), -EISDIR);
	assert_int_equal(mkfifoat(root_fd, "fifo", 0600), 0);
	assert_int_equal(beneath_read(root_fd, "fifo", 10, &text, &length), -EINVAL);
	put("file", "0123456789");
	assert_int_equal(beneath_read(root_fd, "file", 9, &text, &length), -EFBIG);
	assert_null(text);
	assert_int_equal(beneath_read(root_fd, "file", 10, &text, &length), 0);
	assert_string_equal(text, "0123456789");
}

/* Files of proc(5) have size 0 and text all the same. */
static void test_read_beyond_size(void **state)
{
	_cleanup_fd_ int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	size_t length = 0;

	(void)state;
	assert_true(proc >= 0);
	assert_int_equal(beneath_read(proc, "status", 1 << 20, &text, &length), 0);
	assert_true(length > 100);
	assert_int_equal(strlen(text), length);
	free(steal_ptr(&text));
	assert_int_equal(beneath_read(proc, "status", 100, &text, &length), -EFBIG);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_open_stays_inside),     TEST(test_mkdirs_makes_each),
	    TEST(test_mkdirs_follows_inside), TEST(test_mkdirs_refuses),
	    TEST(test_replace_writes),        TEST(test_replace_does_not_follow),
	    TEST(test_replace_refuses),       TEST(test_read_refuses),
	    TEST(test_read_beyond_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
