/* SPDX-License-Identifier: MIT */
/* Words of a script: a real shell reads each as it was. */
#include "host_test.h"

#include <sys/wait.h>

#include "arg_list.h"
#include "shell_word.h"

/* What /bin/sh makes of the script `printf %s WORD`, in which $here is "/p k". */
static void run_shell(const char *word, char *said, size_t size)
{
	static const char head[] = "here='/p k'; printf %s ";
	char *script = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&script, &length);
	int ends[2], status;
	ssize_t n, total = 0;
	pid_t child;

	assert_non_null(out);
	fputs(head, out);
	shell_word_write(out, word);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while ((n = read(ends[0], said + total, size - 1 - (size_t)total)) > 0)
		total += n;
	said[total] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	free(script);
}

static void test_words(void **state)
{
	static const char *const words[] = {
	    "",
	    "plain",
	    "a b",
	    "it's",
	    "''",
	    "'",
	    "$HOME",
	    "`id`",
	    "$(reboot)",
	    "a\"b",
	    "\\",
	    "a\nb",
	    "*",
	    "~",
	    "-n",
	    "#x",
	    "a;b|c&d",
	    "!x",
	    "{a,b}",
	    "\xc3\xa9\t",
	    "x=$y z='\"'\"'",
	    "\\'\\\\''\\'",
	    "a\\'b$'c'",
	};
	char said[256];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		run_shell(words[i], said, sizeof(said));
		assert_string_equal(said, words[i]);
	}
}

static void test_package_root(void **state)
{
	static const struct {
		const char *word;
		const char *said;
	} rows[] = {
	    {PACKAGE_ROOT, "/p k"},
	    {PACKAGE_ROOT "/a", "/p k/a"},
	    {"file=" PACKAGE_ROOT "/it's $x,ro", "file=/p k/it's $x,ro"},
	    {PACKAGE_ROOT PACKAGE_ROOT, "/p k/p k"},
	};
	char said[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		run_shell(rows[i].word, said, sizeof(said));
		assert_string_equal(said, rows[i].said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_package_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
