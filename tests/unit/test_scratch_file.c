/* SPDX-License-Identifier: MIT */
/* Files that are nobody else's, and of which nothing is left. */
#include "scratch_test.h"

#include <dirent.h>
#include <stdarg.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

#include "cleanup.h"
#include "scratch_file.h"

static bool no_nameless_files;

/* In place of the C library's: a filesystem without O_TMPFILE, as NFS is one. */
int open(const char *path, int flags, ...)
{
	bool nameless = (flags & O_TMPFILE) == O_TMPFILE;
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (nameless || (flags & O_CREAT))
		mode = va_arg(args, mode_t);
	va_end(args);
	if (no_nameless_files && nameless) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static bool has_nameless_files(void)
{
	_cleanup_fd_ int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0;
}

static void assert_empty_directory(void)
{
	DIR *dir = opendir(".");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	assert_int_equal(count, 2);
}

/* Whether a name is made in the directory by scratch_file(), whose descriptors work. */
static bool makes_a_name(void)
{
	_cleanup_fd_ int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), reader = -1, writer = -1;
	char text[4], events[4096];

	assert_true(watch >= 0);
	assert_true(inotify_add_watch(watch, ".", IN_CREATE) >= 0);
	writer = scratch_file(scratch_path, &reader);
	assert_true(writer >= 0 && reader >= 0);
	assert_int_equal(fcntl(writer, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(reader, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(writer, "abcd", 4), 4);
	assert_int_equal(read(reader, text, 4), 4);
	assert_memory_equal(text, "abcd", 4);
	assert_int_equal(write(reader, "x", 1), -1);
	assert_empty_directory();
	return read(watch, events, sizeof(events)) > 0;
}

/* What has no name cannot stay, whatever ends vmconfig, and whenever. */
static void test_no_name(void **state)
{
	(void)state;
	if (!has_nameless_files())
		skip();
	assert_false(makes_a_name());
}

static void test_without_nameless_files(void **state)
{
	(void)state;
	no_nameless_files = true;
	assert_true(makes_a_name());
	no_nameless_files = false;
}

static void test_no_directory(void **state)
{
	_cleanup_fd_ int reader = -1;
	const char *said;
	int r;

	(void)state;
	stderr_begin();
	r = scratch_file("missing", &reader);
	said = stderr_said();
	assert_int_equal(r, -ENOENT);
	assert_string_equal(said,
	                    "vmconfig: cannot make a file in 'missing': No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_no_name),
	    scratch_test(test_without_nameless_files),
	    scratch_test(test_no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
