/* SPDX-License-Identifier: MIT */
/* The kernel's command line: what the kernel reads is what was said. */
#include "scratch_test.h"

#include "kernel_cmdline.h"
#include "kernel_known.h"
#include "kernel_words.h"
#include "list.h"

static int make(char **line, const char *const *words, size_t count)
{
	struct strlist list = {0};
	int r;

	for (size_t i = 0; i < count; i++)
		assert_int_equal(strlist_add(&list, words[i]), 0);
	r = kernel_cmdline_make(&list, line);
	strlist_release(&list);
	return r;
}

static void test_words_are_joined(void **state)
{
	static const char *const words[] = {"console=ttyS0", "", "quiet", "a=b=c", "x="};
	char *line;

	(void)state;
	assert_int_equal(make(&line, words, 5), 0);
	assert_string_equal(line, "console=ttyS0 quiet a=b=c x=");
	free(line);
	assert_int_equal(make(&line, NULL, 0), 0);
	assert_string_equal(line, "");
	free(line);
}

static void test_spaces_are_quoted(void **state)
{
	static const char *const words[] = {"foo=hello world", "hello world", "a b=c", "=d e"};
	char *line;

	(void)state;
	assert_int_equal(make(&line, words, 4), 0);
	assert_string_equal(line, "foo=\"hello world\" \"hello world\" \"a b=c\" \"=d e\"");
	free(line);
}

static void test_kernel_reads_the_same_words(void **state)
{
	static const char *const words[] = {
	    "quiet",
	    "foo=hello world",
	    "hello world",
	    "a b=c d",
	    "x=",
	    "=d e",
	    "s= ",
	    " ",
	    "nbsp=\xc3\xa0 y",
	    "=",
	    "a==b c",
	    "dyndbg=file a.c +p; file b.c +p",
	};
	const size_t count = sizeof(words) / sizeof(*words);
	char *line, *rest, *name, *value;

	(void)state;
	assert_int_equal(make(&line, words, count), 0);
	rest = line;
	for (size_t i = 0; i < count; i++) {
		assert_true(*rest);
		rest = kernel_next_arg(rest, &name, &value);
		if (!kernel_word_is(words[i], name, value))
			fail_msg("'%s' was read as '%s' = '%s'", words[i], name, value);
	}
	assert_string_equal(rest, "");
	free(line);
}

static void test_what_cannot_be_said(void **state)
{
	static const struct {
		const char *word;
		const char *message;
	} rows[] = {
	    {"a=\"b\"",
	     "vmconfig: kernel parameter 'a=\"b\"' holds a '\"', which the kernel cannot "
	     "read"},
	    {"a=b\nc", "vmconfig: kernel parameter 'a=b\\x0ac' holds a control character"},
	    {"\x7f", "vmconfig: kernel parameter '\\x7f' holds a control character"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *line;

		stderr_begin();
		assert_int_equal(make(&line, &rows[i].word, 1), -EINVAL);
		assert_string_equal(stderr_said(), rows[i].message);
	}
}

/* Whose a word is: the kernel's own, a module's, or init's argument or variable. */
static void test_words_for_init(void **state)
{
	static const struct {
		const char *word;
		size_t args;
		size_t env;
	} rows[] = {
	    {"quiet", 0, 0},
	    {"console=ttyS0", 0, 0},
	    {"module_blacklist=a", 0, 0},
	    {"ignore_loglevel", 0, 0},
	    {"nousb", 0, 0},
	    {"dyndbg=file a.c +p", 0, 0},
	    {"thp_anon=2M:always", 0, 0},
	    {"traceoff_after_boot", 0, 0},
	    {"no-vmw-sched-clock", 0, 0},
	    {"print-fatal-signals=1", 0, 0},
	    {"print_fatal_signals=1", 0, 0},
	    {"ignore-loglevel", 0, 0},
	    {"xmon", 0, 0},
	    {"signals", 1, 0},
	    {"no-", 1, 0},
	    {"nousershstk", 1, 0}, /* looked for by other means, and passed on */
	    {"virtio_net.napi_tx=0", 0, 0},
	    {"sysctl.vm.swappiness=1", 0, 0},
	    {"consol", 1, 0},
	    {"consoles=1", 0, 1},
	    {"panic_on_oops=1", 0, 1},
	    {"mount=x", 0, 1},
	    {"single", 1, 0},
	    {"HOME=/", 0, 0},
	    {"a b", 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *word = strdup(rows[i].word);
		const struct strlist words = {&word, 1};
		struct init_words count;

		assert_int_equal(kernel_init_words(&words, &count), 0);
		if (count.args != rows[i].args || count.env != rows[i].env)
			fail_msg("'%s': %zu arguments, %zu variables", word, count.args, count.env);
		free(word);
	}
}

static void test_length_is_limited(void **state)
{
	char word[COMMAND_LINE_SIZE + 1];
	const char *words[] = {word};
	char *line;

	(void)state;
	memset(word, 'x', sizeof(word));
	word[COMMAND_LINE_SIZE - 1] = '\0';
	assert_int_equal(make(&line, words, 1), 0);
	assert_int_equal(strlen(line), COMMAND_LINE_SIZE - 1);
	free(line);

	word[COMMAND_LINE_SIZE - 1] = 'x';
	word[COMMAND_LINE_SIZE] = '\0';
	stderr_begin();
	assert_int_equal(make(&line, words, 1), -EINVAL);
	assert_string_equal(stderr_said(), "vmconfig: the kernel command line has 2049 bytes, more "
	                                   "than 2048 (COMMAND_LINE_SIZE)");
}

/* make() with @count words "aN" or "aN=1" after @first. */
static int make_many(const char *format, unsigned count, const char *first)
{
	struct strlist list = {0};
	char word[32], *line = NULL;
	int r;

	if (first)
		assert_int_equal(strlist_add(&list, first), 0);
	for (unsigned i = 0; i < count; i++) {
		snprintf(word, sizeof(word), format, i);
		assert_int_equal(strlist_add(&list, word), 0);
	}
	r = kernel_cmdline_make(&list, &line);
	free(line);
	strlist_release(&list);
	return r;
}

/* As many as a 6.1 kernel was seen to take. */
static void test_words_for_init_are_limited(void **state)
{
	(void)state;
	assert_int_equal(make_many("a%u", 32, NULL), 0);
	assert_int_equal(make_many("a%u=1", 31, NULL), 0);
	assert_int_equal(make_many("a%u", 32, "quiet"), 0);
	assert_int_equal(make_many("a%u=1", 31, "TERM=x"), 0);
	assert_int_equal(make_many("a%u=1", 31, "a0=2"), 0);
	assert_int_equal(make_many("a.%u=1", 100, NULL), 0);
	assert_int_equal(make_many("console=ttyS%u", 100, NULL), 0);
	assert_int_equal(make_many("root=%u", 32, "--"), 0);
	stderr_begin();
	assert_int_equal(make_many("a%u", 33, NULL), -EINVAL);
	assert_string_equal(stderr_said(),
	                    "vmconfig: the kernel command line has 33 words that the kernel does "
	                    "not know, more than it passes on to init, 32 "
	                    "(CONFIG_INIT_ENV_ARG_LIMIT)");
	assert_int_equal(make_many("root=%u", 33, "--"), -EINVAL);
	stderr_begin();
	assert_int_equal(make_many("a%u=1", 32, NULL), -EINVAL);
	assert_string_equal(stderr_said(),
	                    "vmconfig: the kernel command line has 32 variables that the kernel "
	                    "does not know, more than it passes on to init, 31 "
	                    "(CONFIG_INIT_ENV_ARG_LIMIT)");
}

static void test_split(void **state)
{
	struct strlist words = {0};

	(void)state;
	assert_int_equal(kernel_cmdline_split("  a  b=\"c d\" \"\" \"e f\"=g ", &words), 0);
	assert_int_equal(words.count, 3);
	assert_string_equal(words.items[0], "a");
	assert_string_equal(words.items[1], "b=c d");
	assert_string_equal(words.items[2], "e f=g");
	assert_int_equal(kernel_cmdline_split("x=\"y", &words), -EINVAL);
	strlist_release(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words_are_joined),
	    cmocka_unit_test(test_spaces_are_quoted),
	    cmocka_unit_test(test_kernel_reads_the_same_words),
	    cmocka_unit_test(test_what_cannot_be_said),
	    cmocka_unit_test(test_words_for_init),
	    cmocka_unit_test(test_length_is_limited),
	    cmocka_unit_test(test_words_for_init_are_limited),
	    cmocka_unit_test(test_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
