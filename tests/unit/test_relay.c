/* SPDX-License-Identifier: MIT */
/* What the relay carries: the workload's streams, byte by byte, and what goes to the console. */
#include "relay_test.h"

static const struct relay_options interactive = {.interactive = true, .stop_timeout_s = 10};

static void test_streams_and_status(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	report(&w, &(struct report_message){.event = REPORT_STARTED, .pid = 7});
	say(&w, CHANNEL_STDOUT, "to standard output");
	say(&w, CHANNEL_STDERR, "to standard error");
	say(&w, CHANNEL_CONSOLE, "kernel messages\r\n");
	report_exit(&w, 7, 18, 17);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_string_equal(read_all(w.output), "to standard output");
	assert_string_equal(read_all(w.errors), "to standard error");
	assert_status(&w, 7);
}

static void test_stdin_arrives_with_its_end(void **state)
{
	char text[16] = "";
	struct world w;

	(void)state;
	start(&w, "", &interactive);
	expect(&w, REQUEST_HELLO, 1);
	say_all(w.input, "abc", 3);
	wait_for(w.guest[CHANNEL_STDIN], POLLIN);
	assert_int_equal(read(w.guest[CHANNEL_STDIN], text, sizeof(text)), 3);
	assert_string_equal(text, "abc");
	expect_silence(&w);
	say_all(w.input, "defgh", 5);
	close_now(&w.input);
	expect(&w, REQUEST_STDIN_END, 8);
	report_exit(&w, 0, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 0, "");
}

/* A guest that does not read: vmconfig's memory does not grow with what it is given. */
static void test_stdin_waits_for_the_guest(void **state)
{
	static const char zeros[4096];
	size_t written = 0;
	struct world w;
	ssize_t n = 0;

	(void)state;
	start(&w, "", &interactive);
	expect(&w, REQUEST_HELLO, 1);
	fcntl(w.input, F_SETFL, O_NONBLOCK);
	for (struct pollfd p = {.fd = w.input, .events = POLLOUT}; poll(&p, 1, 200) == 1;) {
		n = write(w.input, zeros, sizeof(zeros));
		assert_true(n > 0 || errno == EAGAIN);
		written += n > 0 ? (size_t)n : 0;
		assert_true(written < 4 << 20);
	}
	/* The workload has ended without having read it: that is no error. */
	report_exit(&w, 3, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 3, "");
}

static void test_done_comes_after_the_last_byte(void **state)
{
	struct world w;
	char c;

	(void)state;
	start_quiet(&w);
	say(&w, CHANNEL_STDOUT, "1234");
	report_exit(&w, 0, 5, 0); /* overtakes the fifth byte */
	for (int i = 0; i < 4; i++) {
		wait_for(w.output, POLLIN);
		assert_int_equal(read(w.output, &c, 1), 1);
		assert_int_equal(c, '1' + i);
	}
	expect_silence(&w);
	say(&w, CHANNEL_STDOUT, "5");
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_string_equal(read_all(w.output), "5");
	assert_status(&w, 0);
}

/* More than all buffers hold, to a reader that starts late. */
static void test_slow_reader_loses_nothing(void **state)
{
	enum { SIZE = 4 << 20 };
	static unsigned char sent[SIZE], got[SIZE];
	size_t written = 0, taken = 0;
	bool blocked = false;
	struct world w;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		sent[i] = (unsigned char)(i * 7 + i / 255);
	start_quiet(&w);
	while (taken < SIZE) {
		struct pollfd p[2] = {
		    {.fd = written < SIZE ? w.guest[CHANNEL_STDOUT] : -1, .events = POLLOUT},
		    {.fd = blocked ? w.output : -1, .events = POLLIN},
		};
		int ready = poll(p, 2, blocked ? PATIENCE_MS : 200);
		ssize_t n;

		if (!ready && blocked)
			fail_msg("nothing happens");
		blocked = blocked || !ready;
		if (p[0].revents) {
			n = write(p[0].fd, sent + written, SIZE - written);
			written += n > 0 ? (size_t)n : 0;
			if (written == SIZE)
				report_exit(&w, 0, SIZE, 0);
		}
		if (p[1].revents) {
			n = read(w.output, got + taken, SIZE - taken);
			assert_true(n > 0);
			taken += (size_t)n;
		}
	}
	assert_true(blocked);
	assert_memory_equal(got, sent, SIZE);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 0, "");
}

/* A reader that is stuck, and nothing else happens: the guest hears of it as long as it lasts. */
static void test_stuck_reader_keeps_the_guest_waiting(void **state)
{
	enum { SIZE = 96 << 10 }; /* more than a pipe holds, less than the relay takes beside it */
	static const char zeros[SIZE];
	struct report_command c;
	struct world w;

	(void)state;
	start_quiet(&w);
	say_all(w.guest[CHANNEL_STDOUT], zeros, SIZE);
	for (int i = 0; i < 2; i++)
		expect(&w, REQUEST_WAITING, 0);
	report_exit(&w, 0, SIZE, 0);
	expect(&w, REQUEST_WAITING, 0);
	for (size_t taken = 0; taken < SIZE;) {
		static char sink[SIZE];
		ssize_t n;

		wait_for(w.output, POLLIN);
		n = read(w.output, sink, SIZE);
		assert_true(n > 0);
		taken += (size_t)n;
	}
	do /* one more may have been on its way */
		c = next_command(&w);
	while (c.request == REQUEST_WAITING);
	assert_int_equal(c.request, REQUEST_DONE);
	power_off(&w);
	assert_end(&w, 0, "");
}

/* Whatever the guest writes: the first last word counts, and the rest is skipped. */
static void test_hostile_reports(void **state)
{
	static char flood[3 * MAX_REPORT_LINE];
	struct world w;

	(void)state;
	start_quiet(&w);
	memset(flood, 'x', sizeof(flood));
	say_all(w.guest[CHANNEL_REPORT], flood, sizeof(flood));
	say(&w, CHANNEL_REPORT,
	    "{\"event\":\"exit\",\"code\":0}"); /* the rest of the flood's line */
	say(&w, CHANNEL_REPORT, "\n\n{}\n{\"event\":\"exit\",\"code\":300}\n\xff\n{\"event\":");
	say(&w, CHANNEL_REPORT, "\"dance\"}\n");
	report_exit(&w, 5, 0, 0);
	report_exit(&w, 0, 1000, 0);
	report(&w, &(struct report_message){.event = REPORT_FAILED, .name = "x", .error = "y"});
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 5, "");
}

/* Nothing that a terminal would obey, be it cut in two. */
static void test_console_is_tame(void **state)
{
	const struct relay_options options = {.verbose = true, .stop_timeout_s = 10};
	const char *errors;
	struct world w;

	(void)state;
	start_quiet(&w);
	say(&w, CHANNEL_CONSOLE,
	    "\x1b]0;title\x07\tk\xc3\xa4se\b \xc2\x9b"
	    "2J\x7f\r\n");
	power_off(&w);
	assert_end(&w, 125,
	           "vmconfig: the guest ended without a report\n"
	           "?]0;title?\tk\xc3\xa4se? \xc2?2J?\n");

	start(&w, "", &options);
	say(&w, CHANNEL_CONSOLE, "\x1b[2J\n");
	say(&w, CHANNEL_REPORT,
	    "{\"event\":\"phase\",\"name\":\"\\u001b[2J\\nforged\",\"us\":1}\n");
	report_exit(&w, 0, 0, 0);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	errors = read_all(w.errors);
	assert_null(strchr(errors, '\x1b'));
	assert_non_null(strstr(errors, "?[2J\n"));
	assert_non_null(strstr(errors, "vmconfig: guest: ?[2J: 1 us\n"));
	assert_null(strstr(errors, "forged"));
	assert_status(&w, 0);
}

static void test_verbose(void **state)
{
	const struct relay_options options = {.verbose = true, .stop_timeout_s = 10};
	struct world w;

	(void)state;
	start(&w, "", &options);
	say(&w, CHANNEL_CONSOLE, "Linux\n");
	report(&w, &(struct report_message){.event = REPORT_PHASE, .name = "root", .us = 1234});
	report_exit(&w, 0, 0, 0);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	{
		const char *errors = read_all(w.errors);

		assert_non_null(strstr(errors, "Linux\n"));
		assert_non_null(strstr(errors, "vmconfig: guest: root: 1234 us\n"));
	}
	assert_status(&w, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_streams_and_status),
	    cmocka_unit_test(test_stdin_arrives_with_its_end),
	    cmocka_unit_test(test_stdin_waits_for_the_guest),
	    cmocka_unit_test(test_done_comes_after_the_last_byte),
	    cmocka_unit_test(test_slow_reader_loses_nothing),
	    cmocka_unit_test(test_stuck_reader_keeps_the_guest_waiting),
	    cmocka_unit_test(test_hostile_reports),
	    cmocka_unit_test(test_console_is_tame),
	    cmocka_unit_test(test_verbose),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
