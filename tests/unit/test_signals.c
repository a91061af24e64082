/* SPDX-License-Identifier: MIT */
/* Signal names, both ways: every number has one, and every name its number. */
#include "document_test.h"

#include <ctype.h>
#include <signal.h>

#include "signals.h"

static const struct {
	int number;
	const char *name;
} standard[] = {
    {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},       {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},
    {SIGTRAP, "SIGTRAP"}, {SIGABRT, "SIGABRT"},     {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
    {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"},     {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"},
    {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"},     {SIGTERM, "SIGTERM"}, {SIGSTKFLT, "SIGSTKFLT"},
    {SIGCHLD, "SIGCHLD"}, {SIGCONT, "SIGCONT"},     {SIGSTOP, "SIGSTOP"}, {SIGTSTP, "SIGTSTP"},
    {SIGTTIN, "SIGTTIN"}, {SIGTTOU, "SIGTTOU"},     {SIGURG, "SIGURG"},   {SIGXCPU, "SIGXCPU"},
    {SIGXFSZ, "SIGXFSZ"}, {SIGVTALRM, "SIGVTALRM"}, {SIGPROF, "SIGPROF"}, {SIGWINCH, "SIGWINCH"},
    {SIGIO, "SIGIO"},     {SIGPWR, "SIGPWR"},       {SIGSYS, "SIGSYS"},
};

static void assert_name(int number, const char *name)
{
	char text[32], lower[32];

	signal_format(number, text, sizeof(text));
	assert_string_equal(text, name);
	assert_int_equal(signal_parse(text), number);
	if (strncmp(text, "SIG", 3) == 0)
		assert_int_equal(signal_parse(text + 3), number);
	for (size_t i = 0; i <= strlen(text); i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	assert_int_equal(signal_parse(lower), number);
}

static void test_standard(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(standard), 31);
	for (size_t i = 0; i < ARRAY_SIZE(standard); i++)
		assert_name(standard[i].number, standard[i].name);
}

/* Images are made for glibc, where SIGRTMIN is 34: 32 and 33 have no names. */
static void test_real_time(void **state)
{
	char name[32];

	(void)state;
	assert_name(32, "32");
	assert_name(33, "33");
	assert_name(34, "SIGRTMIN");
	for (int n = 1; n <= 30; n++) {
		snprintf(name, sizeof(name), "SIGRTMIN+%d", n);
		assert_name(34 + n, name);
	}
	for (int n = 0; n <= 30; n++) {
		snprintf(name, sizeof(name), "SIGRTMAX-%d", n);
		assert_int_equal(signal_parse(name), 64 - n);
	}
	assert_int_equal(signal_parse("SIGRTMAX"), 64);
	assert_int_equal(signal_parse("RTMIN+0"), 34);
}

static void test_numbers(void **state)
{
	char text[16];

	(void)state;
	for (int n = 1; n <= 64; n++) {
		snprintf(text, sizeof(text), "%d", n);
		assert_int_equal(signal_parse(text), n);
	}
	assert_int_equal(signal_parse("015"), 15);
}

static void test_aliases(void **state)
{
	(void)state;
	assert_int_equal(signal_parse("SIGIOT"), SIGABRT);
	assert_int_equal(signal_parse("CLD"), SIGCHLD);
	assert_int_equal(signal_parse("SIGPOLL"), SIGIO);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
	    "",         "0",        "00",       "65",        "-1",       "+15",       "15 ",
	    " 15",      "1x",       "0x0f",     "TERMINATE", "SIG",      "SIG15",     "SIGSIGTERM",
	    "TER",      "RTMIN+31", "RTMAX-31", "RTMIN+",    "RTMIN-1",  "RTMAX+1",   "RTMIN+x",
	    "RTMIN+-1", "RTMIN++1", "EXIT",     "SIGTERM\n", "RTMIN+ 1", "SIGRTMIN ", "4294967311",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(signal_parse(texts[i]), -EINVAL);
}

static void test_short_buffer(void **state)
{
	char text[5];

	(void)state;
	signal_format(SIGTERM, text, sizeof(text));
	assert_string_equal(text, "SIGT");
	signal_format(0, text, sizeof(text));
	assert_string_equal(text, "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_standard), cmocka_unit_test(test_real_time),
	    cmocka_unit_test(test_numbers),  cmocka_unit_test(test_aliases),
	    cmocka_unit_test(test_refused),  cmocka_unit_test(test_short_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
