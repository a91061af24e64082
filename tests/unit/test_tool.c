/* SPDX-License-Identifier: MIT */
/* host/tool.c: where programs are found, and what one says that is asked. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "scratch_test.h"
#include "tool.h"

static int ask(const char *script, int limit_ms, char *text, size_t size)
{
	const char *const words[] = {"sh", "-c", script, NULL};

	return tool_ask(words, limit_ms, text, size);
}

static void test_what_it_says(void **state)
{
	char text[8];

	(void)state;
	assert_int_equal(ask("echo one; echo two; exit 3", 60000, text, sizeof(text)), 3);
	assert_string_equal(text, "one\ntwo");
	stderr_begin();
	assert_int_equal(ask("echo usage >&2", 60000, text, sizeof(text)), 0);
	assert_string_equal(stderr_said(), "");
	assert_string_equal(text, "");
}

/* Nobody waits for one that does not end, nor for what it has left behind. */
static void test_limits(void **state)
{
	char text[8];

	(void)state;
	assert_int_equal(ask("echo one; exec sleep 100", 200, text, sizeof(text)), -ETIMEDOUT);
	assert_int_equal(ask("sleep 3 & echo one", 60000, text, sizeof(text)), 0);
	assert_string_equal(text, "one\n");
	assert_int_equal(ask("kill -9 $$", 60000, text, sizeof(text)), -ECANCELED);
	/* All have been waited for. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_none(void **state)
{
	const char *const words[] = {"no-such-program-anywhere", NULL};
	char text[8];

	(void)state;
	assert_int_equal(tool_ask(words, 60000, text, sizeof(text)), -ENOENT);
}

static void put_program(const char *path)
{
	put_file(path, "#!/bin/sh\n", 10);
	assert_int_equal(chmod(path, 0755), 0);
}

static void assert_found(const char *name, const char *expected)
{
	_cleanup_free_ char *path = tool_find(name);

	assert_non_null(path);
	assert_string_equal(path, expected);
}

static void test_where(void **state)
{
	char path[sizeof(scratch_path) + 16], expected[sizeof(path) + 8];

	(void)state;
	assert_int_equal(mkdir("bin", 0700) | mkdir("other", 0700), 0);
	put_program("bin/sh");
	put_program("other/own");
	snprintf(path, sizeof(path), "other:%s/bin", scratch_path);
	snprintf(expected, sizeof(expected), "%s/bin/sh", scratch_path);
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_found("sh", expected);
	assert_found("./sh", "./sh");
	/* A relative part would mean whatever directory we are in. */
	assert_null(tool_find("own"));
	assert_int_equal(unsetenv("PATH"), 0);
	assert_found("sh", access("/usr/bin/sh", X_OK) == 0 ? "/usr/bin/sh" : "/bin/sh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_it_says),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_none),
	    scratch_test(test_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
