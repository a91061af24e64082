/* SPDX-License-Identifier: MIT */
/* Output files: whole or not at all, and nothing left beside them. */
#include "scratch_test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "cleanup.h"
#include "replace_file.h"

#define OLD "the old file"

static char data[70000];

static int fill_data(void **state)
{
	(void)state;
	memset(data, 'x', 5000);
	return 0;
}

static void assert_written(const char *path)
{
	_cleanup_free_ char *found = NULL;
	struct stat st;
	size_t length;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	found = get_file(path, &length);
	assert_int_equal(length, sizeof(data));
	assert_memory_equal(found, data, sizeof(data));
}

static void assert_old(const char *path)
{
	size_t length;
	_cleanup_free_ char *found = get_file(path, &length);

	assert_string_equal(found, OLD);
}

/* Nothing but the names that belong there: a leftover would be one more. */
static void assert_entries(const char *path, size_t expected)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	assert_int_equal(count, expected + 2);
}

/* @message: what standard error says after "vmconfig: " */
static void assert_fails(const char *path, int result, const char *message)
{
	size_t prefix = strlen("vmconfig: ");
	const char *said;
	int r;

	stderr_begin();
	r = replace_file(path, data, sizeof(data));
	said = stderr_said();
	assert_int_equal(r, result);
	assert_true(strlen(said) > prefix);
	assert_string_equal(said + prefix, message);
}

static void test_new_and_old(void **state)
{
	(void)state;
	assert_int_equal(replace_file("new", data, sizeof(data)), 0);
	assert_written("new");
	put_file("old", OLD, strlen(OLD));
	assert_int_equal(replace_file("old", data, sizeof(data)), 0);
	assert_written("old");
	assert_int_equal(mkdir("dir", 0755), 0);
	assert_int_equal(replace_file("./dir//in", data, sizeof(data)), 0);
	assert_written("dir/in");
	assert_entries(".", 3);
	assert_entries("dir", 1);
}

static void test_empty(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(replace_file("empty", "", 0), 0);
	assert_int_equal(stat("empty", &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void test_umask(void **state)
{
	mode_t before = umask(0777);

	(void)state;
	assert_int_equal(replace_file("none", data, sizeof(data)), 0);
	umask(0);
	assert_int_equal(replace_file("all", data, sizeof(data)), 0);
	umask(before);
	assert_written("none");
	assert_written("all");
}

static void test_public(void **state)
{
	static const struct {
		mode_t umask, mode;
	} cases[] = {{0, 0644}, {022, 0644}, {027, 0640}, {077, 0600}};
	mode_t before = umask(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stat st;

		umask(cases[i].umask);
		assert_int_equal(replace_public_file("public", data, sizeof(data)), 0);
		assert_int_equal(stat("public", &st), 0);
		assert_int_equal(st.st_mode & 07777, cases[i].mode);
	}
	umask(before);
}

static void test_long_name(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	assert_int_equal(replace_file(name, data, sizeof(data)), 0);
	assert_written(name);
}

static void test_links(void **state)
{
	struct stat st;

	(void)state;
	put_file("target", OLD, strlen(OLD));
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(replace_file("link", data, sizeof(data)), 0);
	assert_written("link");
	assert_old("target");

	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(replace_file("dangling", data, sizeof(data)), 0);
	assert_written("dangling");
	assert_int_equal(lstat("nowhere", &st), -1);

	assert_int_equal(link("target", "second"), 0);
	assert_int_equal(replace_file("second", data, sizeof(data)), 0);
	assert_written("second");
	assert_old("target");
}

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdir("dir", 0755), 0);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(symlink("pipe", "to-pipe"), 0);
	assert_int_equal(symlink("/proc/self/fd/1", "stdout"), 0);
	assert_int_equal(symlink("dir", "to-dir"), 0);

	assert_fails("", -EINVAL, "cannot write '': it names no file");
	assert_fails("dir/", -EINVAL, "cannot write 'dir/': it names no file");
	assert_fails(
	    "dir", -EISDIR,
	    "cannot write 'dir': it is a directory, and only a regular file can be replaced");
	assert_fails(
	    ".", -EISDIR,
	    "cannot write '.': it is a directory, and only a regular file can be replaced");
	assert_fails(
	    "to-dir", -EISDIR,
	    "cannot write 'to-dir': it is a directory, and only a regular file can be replaced");
	assert_fails("pipe", -EINVAL,
	             "cannot write 'pipe': it is a pipe, and only a regular file can be replaced");
	assert_fails(
	    "to-pipe", -EINVAL,
	    "cannot write 'to-pipe': it is a pipe, and only a regular file can be replaced");
	assert_fails("stdout", -EINVAL,
	             "cannot write 'stdout': it stands for an open file; name a path");
	assert_fails("missing/disk", -ENOENT,
	             "cannot write 'missing/disk': cannot open directory 'missing': "
	             "No such file or directory");
	assert_fails("pipe/disk", -ENOTDIR,
	             "cannot write 'pipe/disk': cannot open directory 'pipe': Not a directory");
	assert_fails("/dev/null", -EINVAL,
	             "cannot write '/dev/null': it is a character device, and only a regular file "
	             "can be replaced");
	assert_entries(".", 5);
	assert_entries("dir", 0);
}

/* A limit on file sizes sends SIGXFSZ, which would end the process and leave the temporary file. */
static void test_size_limit(void **state)
{
	struct rlimit before, limit;

	(void)state;
	put_file("disk", OLD, strlen(OLD));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	/* Standard error has to be short of the limit, too. */
	assert_fails("disk", -EFBIG, "cannot write 'disk': File too large");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_old("disk");
	assert_entries(".", 1);
}

static int raised_at_fsync;

/* In place of the C library's: the last thing that is done before it is looked for signals. */
int fsync(int fd)
{
	if (raised_at_fsync)
		raise(raised_at_fsync);
	return (int)syscall(SYS_fsync, fd);
}

static volatile sig_atomic_t signals_seen;

static void count_signal(int number)
{
	(void)number;
	signals_seen++;
}

/*
 * A signal that comes while the file is written is kept, and the old file with
 * it. Nothing is said: the signal ends vmconfig.
 */
static void test_interrupted(void **state)
{
	struct sigaction action = {.sa_handler = count_signal}, before;
	const char *said;
	int r;

	(void)state;
	put_file("disk", OLD, strlen(OLD));
	assert_int_equal(sigaction(SIGTERM, &action, &before), 0);
	signals_seen = 0;
	raised_at_fsync = SIGTERM;
	stderr_begin();
	r = replace_file("disk", data, sizeof(data));
	said = stderr_said();
	raised_at_fsync = 0;
	assert_int_equal(r, -EINTR);
	assert_string_equal(said, "");
	assert_int_equal(signals_seen, 1);
	assert_old("disk");
	assert_entries(".", 1);
	sigaction(SIGTERM, &before, NULL);
}

/* One that somebody has blocked already is theirs to take: attend writes its status after SIGTERM.
 */
static void test_blocked_signal(void **state)
{
	struct sigaction action = {.sa_handler = count_signal}, before;
	sigset_t term, mask;

	(void)state;
	put_file("disk", OLD, strlen(OLD));
	assert_int_equal(sigaction(SIGTERM, &action, &before), 0);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &mask);
	signals_seen = 0;
	raise(SIGTERM);
	assert_int_equal(replace_file("disk", data, sizeof(data)), 0);
	assert_int_equal(signals_seen, 0);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	assert_int_equal(signals_seen, 1);
	assert_written("disk");
	assert_entries(".", 1);
	sigaction(SIGTERM, &before, NULL);
}

/* nohup: an ignored signal becomes pending as well when it is blocked. */
static void test_ignored_signal(void **state)
{
	struct sigaction action = {.sa_handler = SIG_IGN}, before;
	sigset_t hangup, mask;

	(void)state;
	assert_int_equal(sigaction(SIGHUP, &action, &before), 0);
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	sigprocmask(SIG_BLOCK, &hangup, &mask);
	raise(SIGHUP);
	assert_int_equal(replace_file("disk", data, sizeof(data)), 0);
	assert_written("disk");
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGHUP, &before, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_new_and_old),    scratch_test(test_empty),
	    scratch_test(test_umask),          scratch_test(test_long_name),
	    scratch_test(test_links),          scratch_test(test_refused),
	    scratch_test(test_size_limit),     scratch_test(test_interrupted),
	    scratch_test(test_ignored_signal), scratch_test(test_public),
	    scratch_test(test_blocked_signal),
	};

	return cmocka_run_group_tests(tests, fill_data, NULL);
}
