/* SPDX-License-Identifier: MIT */
/* Reading and writing all of something, by a kernel that gives it in pieces. */
#include "host_test.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "whole.h"

static int new_file(const char *text)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write_whole(fd, text, strlen(text)), 0);
	return fd;
}

/* A pipe of packets: each read gives one. */
static int packets(const char *first, const char *second)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_DIRECT | O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], first, strlen(first)), strlen(first));
	assert_int_equal(write(ends[1], second, strlen(second)), strlen(second));
	close(ends[1]);
	return ends[0];
}

static void test_pieces_are_put_together(void **state)
{
	char text[16] = "";
	int fd = packets("abc", "defg");

	(void)state;
	assert_int_equal(read_whole(fd, text, 7), 7);
	assert_string_equal(text, "abcdefg");
	close(fd);
	fd = packets("abc", "de");
	assert_int_equal(read_whole(fd, text, sizeof(text)), 5);
	assert_memory_equal(text, "abcde", 5);
	close(fd);
}

static void test_places_in_a_file(void **state)
{
	char text[8] = "";
	int fd = new_file("0123456789");

	(void)state;
	assert_int_equal(write_whole_at(fd, "xyz", 3, 8), 0);
	assert_int_equal(read_whole_at(fd, text, 5, 6), 5);
	assert_memory_equal(text, "67xyz", 5);
	assert_int_equal(read_whole_at(fd, text, 5, 11), 0);
	/* Where the file is has not changed. */
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 10);
	close(fd);
}

/* What the file may not have any more is written no further, and said. */
static void test_a_write_that_falls_short(void **state)
{
	struct rlimit before, limit;
	int fd = new_file("01234");

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){8, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(write_whole(fd, "abcdefgh", 8), -EFBIG);
	assert_int_equal(write_whole_at(fd, "abcdefgh", 8, 4), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 8);
	close(fd);
}

static void on_alarm(int number)
{
	(void)number;
}

/* As /proc has it: 'S' while it waits. */
static char state_of(pid_t pid)
{
	char path[32], text[256] = "", *end;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	read_whole(fd, text, sizeof(text) - 1);
	close(fd);
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : '\0';
}

/* A signal that comes while nothing is there to be read. */
static void test_interrupted(void **state)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	pid_t parent = getpid(), child;
	char text[4] = "";
	int ends[2];

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		while (state_of(parent) != 'S')
			sched_yield();
		kill(parent, SIGUSR1);
		_exit(write(ends[1], "ab", 2) != 2);
	}
	close(ends[1]);
	assert_int_equal(read_whole(ends[0], text, sizeof(text)), 2);
	assert_string_equal(text, "ab");
	close(ends[0]);
	waitpid(child, NULL, 0);
}

static void test_errors(void **state)
{
	char text[4];

	(void)state;
	assert_int_equal(read_whole(-1, text, sizeof(text)), -EBADF);
	assert_int_equal(write_whole(-1, text, sizeof(text)), -EBADF);
	assert_int_equal(write_whole(-1, text, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pieces_are_put_together),
	    cmocka_unit_test(test_places_in_a_file),
	    cmocka_unit_test(test_a_write_that_falls_short),
	    cmocka_unit_test(test_interrupted),
	    cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
