/* SPDX-License-Identifier: MIT */
/* Command lines from tables. */
#include "host_test.h"

#include <sysexits.h>

#include "list.h"

struct group {
	char *name;
	struct strlist words;
	bool flag;
	bool other;
	struct optint count;
	char *file;
};

struct target {
	int before; /* so that a group's offset counts */
	struct group group;
};

static const struct option_row rows[] = {
    {"name", 'n', "NAME", "a name", option_set_string, .offset = offsetof(struct group, name)},
    {"word", 'w', "WORD", "a word", option_add_string, .offset = offsetof(struct group, words),
     .flags = OPTION_REPEATS},
    {"flag", 'f', NULL, "a flag", option_set_flag, .offset = offsetof(struct group, flag)},
    {"other", 'o', NULL, "another", option_set_flag, .offset = offsetof(struct group, other)},
    {"count", 0, "N", "a number", option_set_count, .offset = offsetof(struct group, count),
     .value = 100},
    {"file", 0, "FILE", "a file", option_set_string, .offset = offsetof(struct group, file),
     .flags = OPTION_FILE},
    {.name = NULL},
};
static const struct option_group groups[] = {
    {"group", rows, offsetof(struct target, group)},
    {.title = NULL},
};
static const struct command command = {.name = "test", .synopsis = "FILE", .groups = groups};

static void release(struct target *t)
{
	free(t->group.name);
	free(t->group.file);
	strlist_release(&t->group.words);
	*t = (struct target){0};
}

/* argv is rearranged by the parser, so each call gets a fresh one. */
static int parse(struct target *t, struct arguments *arguments, int argc, const char **words)
{
	static char storage[16][64];
	static char *argv[16];

	assert_true(argc < 16);
	release(t);
	for (int i = 0; i <= argc; i++) {
		snprintf(storage[i], sizeof(storage[i]), "%s", i ? words[i - 1] : "test");
		argv[i] = storage[i];
	}
	return option_parse(&command, argc + 1, argv, t, arguments);
}

#define PARSE(t, a, ...)                                                           \
	parse(t, a, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), \
	      (const char *[]){__VA_ARGS__})

static void assert_words(const struct target *t, const char *expected)
{
	char found[256] = "";
	size_t n = 0;

	for (size_t i = 0; i < t->group.words.count; i++)
		n +=
		    (size_t)snprintf(found + n, sizeof(found) - n, "[%s]", t->group.words.items[i]);
	assert_string_equal(found, expected);
}

static void test_forms(void **state)
{
	struct arguments a;
	struct target t = {0};

	(void)state;
	assert_int_equal(PARSE(&t, &a, "--name", "x", "--word=a=b", "--word", "", "--word="), 0);
	assert_string_equal(t.group.name, "x");
	assert_words(&t, "[a=b][][]");
	assert_int_equal(PARSE(&t, &a, "-wa", "-w", "-x", "-fwc", "-o"), 0);
	assert_words(&t, "[a][-x][c]");
	assert_true(t.group.flag);
	assert_true(t.group.other);
	assert_int_equal(PARSE(&t, &a, "-fo"), 0);
	assert_true(t.group.flag && t.group.other);
	assert_int_equal(PARSE(&t, &a, "--count", "100"), 0);
	assert_int_equal(t.group.count.value, 100);
	release(&t);
}

static void test_operands_and_command(void **state)
{
	struct arguments a;
	struct target t = {0};

	(void)state;
	assert_int_equal(PARSE(&t, &a, "one", "-f", "-", "--", "--name", "-x", "--"), 0);
	assert_int_equal(a.operand_count, 2);
	assert_string_equal(a.operands[0], "one");
	assert_string_equal(a.operands[1], "-");
	assert_int_equal(a.command_count, 3);
	assert_string_equal(a.command[0], "--name");
	assert_string_equal(a.command[2], "--");
	assert_null(t.group.name);
	assert_int_equal(PARSE(&t, &a, "--"), 0);
	assert_int_equal(a.command_count, 0);
	assert_null(option_operand(&command, &a));
	assert_int_equal(PARSE(&t, &a, "--", "-x"), 0);
	assert_string_equal(option_operand(&command, &a), "-x");
	assert_int_equal(PARSE(&t, &a, "a", "--", "b"), 0);
	assert_null(option_operand(&command, &a));
	release(&t);
}

static void test_usage_errors(void **state)
{
	struct arguments a;
	struct target t = {0};

	(void)state;
	assert_int_equal(PARSE(&t, &a, "--nothing"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--nam", "x"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--names", "x"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "-x"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "-fx"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--name"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "-n"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--flag=yes"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "-f", "--flag"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--name=a", "-nb"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--name", "\xff"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--word=\xed\xa0\x80"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--file", "\xff"), 0);
	assert_int_equal(PARSE(&t, &a, "--count", "0"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--count", "101"), -EX_USAGE);
	assert_int_equal(PARSE(&t, &a, "--count", ""), -EX_USAGE);
	release(&t);
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {
	    "", " 1", "+1", "-1", "1 ", "0x1", "1.0", "11", "99999999999999999999"};
	long long n;

	(void)state;
	assert_int_equal(parse_number("010", 0, 10, &n), 0);
	assert_int_equal(n, 10);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(parse_number(bad[i], 0, 10, &n), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_operands_and_command),
	    cmocka_unit_test(test_usage_errors),
	    cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
