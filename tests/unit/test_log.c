/* SPDX-License-Identifier: MIT */
/* One line a message, one write a line, errno left alone. */
#include "document_test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"

/* A datagram socket keeps writes apart, so that a test sees what each write held. */
static int ends[2];

static int open_ends(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
}

static int close_ends(void **state)
{
	(void)state;
	log_setup("test", STDERR_FILENO, LOG_LEVEL_INFO);
	return close(ends[0]) | close(ends[1]);
}

/* The next write is @expected; NULL: there was none. */
static void assert_written(const char *expected)
{
	char text[2048];
	ssize_t n = read(ends[1], text, sizeof(text) - 1);

	if (!expected) {
		assert_int_equal(n, -1);
		return;
	}
	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(text, expected);
}

static void test_levels(void **state)
{
	(void)state;
	log_setup("test", ends[0], LOG_LEVEL_INFO);
	log_error("an %s", "error");
	log_warning("a %d%%", 5);
	log_info("an info");
	log_debug("a detail");
	assert_written("test: an error\n");
	assert_written("test: a 5%\n");
	assert_written("test: an info\n");
	assert_written(NULL);

	log_setup("test", ends[0], LOG_LEVEL_ERROR);
	log_warning("not said");
	log_error("said");
	assert_written("test: said\n");
	assert_written(NULL);

	log_setup("test", ends[0], LOG_LEVEL_DEBUG);
	log_debug("said");
	assert_written("test: said\n");
}

static void test_kmsg(void **state)
{
	(void)state;
	log_setup("init", ends[0], LOG_LEVEL_DEBUG);
	log_kmsg(ends[0]);
	log_error("e");
	log_warning("w");
	log_info("i");
	log_debug("d");
	assert_written("<27>init: e\n");
	assert_written("<28>init: w\n");
	assert_written("<30>init: i\n");
	assert_written("<31>init: d\n");
	log_setup("init", ends[0], LOG_LEVEL_INFO);
	log_info("without");
	assert_written("init: without\n");
}

static void test_errno(void **state)
{
	(void)state;
	log_setup("test", ends[0], LOG_LEVEL_INFO);
	errno = ENOENT;
	log_error("file: %m");
	assert_int_equal(errno, ENOENT);
	assert_written("test: file: No such file or directory\n");

	/* Nobody reads: the message is lost, and nothing else. */
	log_setup("test", -1, LOG_LEVEL_INFO);
	errno = ENOENT;
	log_error("lost");
	assert_int_equal(errno, ENOENT);
	log_debug("below the level");
	assert_int_equal(errno, ENOENT);
}

static void test_long_line_is_cut(void **state)
{
	char text[3000], expected[1025];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	memset(expected, 'a', sizeof(expected));
	memcpy(expected, "test: ", 6);
	expected[1022] = '\n';
	expected[1023] = '\0';
	log_setup("test", ends[0], LOG_LEVEL_INFO);
	log_info("%s", text);
	assert_written(expected);
	assert_written(NULL);
}

/* A name from a config or a disk forges no second line and moves no cursor. */
static void test_controls_are_not_passed_on(void **state)
{
	(void)state;
	log_setup("test", ends[0], LOG_LEVEL_INFO);
	log_info("'%s'", "a\nb\r\x1b[2J\x7f\t\xc3\xa9");
	assert_written("test: 'a?b??[2J??\xc3\xa9'\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_levels, open_ends, close_ends),
	    cmocka_unit_test_setup_teardown(test_kmsg, open_ends, close_ends),
	    cmocka_unit_test_setup_teardown(test_errno, open_ends, close_ends),
	    cmocka_unit_test_setup_teardown(test_long_line_is_cut, open_ends, close_ends),
	    cmocka_unit_test_setup_teardown(test_controls_are_not_passed_on, open_ends, close_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
