/* SPDX-License-Identifier: MIT */
/* Docker's format of environment files. */
#include "host_test.h"

#include "cleanup.h"
#include "env_file.h"
#include "list.h"

static int read_text(const char *text, size_t length, struct strmap *env)
{
	char path[] = "/tmp/test_env_file.XXXXXX";
	_cleanup_fd_ int fd = mkstemp(path);
	int r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	r = env_file_read(path, env);
	unlink(path);
	return r;
}

static void assert_reads(const char *text, const char *expected)
{
	struct strmap env = {0};
	char found[512] = "";
	size_t n = 0;

	assert_int_equal(read_text(text, strlen(text), &env), 0);
	for (size_t i = 0; i < env.count; i++)
		n += (size_t)snprintf(found + n, sizeof(found) - n, "[%s=%s]", env.items[i].name,
		                      env.items[i].value);
	assert_string_equal(found, expected);
	strmap_release(&env);
}

static void test_lines(void **state)
{
	(void)state;
	assert_reads("", "");
	assert_reads("A=1", "[A=1]");
	assert_reads("A=1\n\n# comment\n  # indented\nB=2\n", "[A=1][B=2]");
	assert_reads("A=1\r\nB=2\r\n", "[A=1][B=2]");
	assert_reads("\t A=1\n", "[A=1]");
	assert_reads("\xef\xbb\xbf"
	             "A=1\n",
	             "[A=1]");
	assert_reads("FOO.BAR-baz=x\n", "[FOO.BAR-baz=x]");
}

/* The value is what stands there: quotes, spaces, further signs. */
static void test_values_are_literal(void **state)
{
	(void)state;
	assert_reads("A=\"x y\" \n", "[A=\"x y\" ]");
	assert_reads("A= x # no comment\n", "[A= x # no comment]");
	assert_reads("A=b=c\n", "[A=b=c]");
	assert_reads("A=\n", "[A=]");
	assert_reads("A=$HOME $(id)\n", "[A=$HOME $(id)]");
	assert_reads("A=1\nA=2\n", "[A=1][A=2]");
}

static void test_name_alone(void **state)
{
	(void)state;
	setenv("TEST_ENV_FILE_SET", "from outside", 1);
	unsetenv("TEST_ENV_FILE_UNSET");
	assert_reads("TEST_ENV_FILE_SET\nTEST_ENV_FILE_UNSET\nB=1\n",
	             "[TEST_ENV_FILE_SET=from outside][B=1]");
}

static void test_errors(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {
	    {"=x\n", 3}, {"A B=1\n", 6}, {"export A=1\n", 11}, {"A\0B=1\n", 6}, {"A=\xff\n", 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct strmap env = {0};

		assert_true(read_text(rows[i].text, rows[i].length, &env) < 0);
		strmap_release(&env);
	}
}

static void test_word(void **state)
{
	struct strmap env = {0};

	(void)state;
	assert_int_equal(env_from_word("", &env), -EINVAL);
	assert_int_equal(env_from_word("=", &env), -EINVAL);
	assert_int_equal(env_from_word("=x", &env), -EINVAL);
	setenv("TEST_ENV_FILE_SET", "\xff", 1);
	assert_int_equal(env_from_word("TEST_ENV_FILE_SET", &env), -EILSEQ);
	assert_int_equal(env.count, 0);
	assert_int_equal(env_from_word("a b=c", &env), 0);
	assert_string_equal(env.items[0].name, "a b");
	strmap_release(&env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),      cmocka_unit_test(test_values_are_literal),
	    cmocka_unit_test(test_name_alone), cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
