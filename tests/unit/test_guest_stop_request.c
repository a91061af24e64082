/* SPDX-License-Identifier: MIT */
/* Requests to stop that come while init waits for something else, and what comes beside them. */
#include "stop_request.h"

#include <signal.h>
#include <sys/socket.h>

#include "account.h"
#include "guest.h"
#include "clock.h"
#include "guest_test.h"

#define FAR 60000000 /* microseconds: a test that waits for it has failed */

static struct account account;
static int host;       /* the other end of the account's port */
static int quiet[2];   /* a pipe that nobody writes to, unless a test does */
static sigset_t taken; /* signals that are blocked here as in init */

static int set_up(void **state)
{
	int ends[2];

	(void)state;
	account_init(&account);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0 ||
	    pipe2(quiet, O_CLOEXEC) < 0)
		return -1;
	host = ends[0];
	account.port = ends[1];
	sigemptyset(&taken);
	sigaddset(&taken, SIGTERM);
	sigaddset(&taken, SIGUSR1);
	sigaddset(&taken, SIGIO);
	sigaddset(&taken, 34 + 3);
	sigaddset(&taken, 34 + 5);
	stop_request_watch(&account, -1);
	return sigprocmask(SIG_BLOCK, &taken, NULL);
}

static int tear_down(void **state)
{
	const struct timespec now = {0};

	(void)state;
	stop_request_leave();
	while (sigtimedwait(&taken, NULL, &now) > 0)
		;
	sigprocmask(SIG_UNBLOCK, &taken, NULL);
	close(host);
	close(account.port);
	close(quiet[0]);
	close(quiet[1]);
	return 0;
}

static void host_says(const char *text)
{
	assert_int_equal(write(host, text, strlen(text)), strlen(text));
}

static void assert_receives(enum report_request request, uint64_t value)
{
	struct report_command c;

	assert_int_equal(account_receive(&account, &c), 1);
	assert_int_equal(c.request, request);
	assert_int_equal(c.value, value);
}

static void test_without_a_request_it_waits(void **state)
{
	int64_t before = clock_us();

	(void)state;
	assert_int_equal(stop_wait(quiet[0], before + 20000), 0);
	assert_true(clock_us() >= before + 20000);
	assert_int_equal(write(quiet[1], "", 1), 1);
	assert_int_equal(stop_wait(quiet[0], clock_us() + FAR), 1);
}

static void test_the_host_asks_and_all_that_it_says_is_kept(void **state)
{
	struct report_command c;

	(void)state;
	host_says("{\"signal\":10}\n{\"stop\":true}\n");
	assert_int_equal(stop_wait(quiet[0], clock_us() + FAR), -STOP_ASKED);
	host_says("{\"stdin_end\":5}\n");
	assert_int_equal(stop_wait(quiet[0], clock_us() + FAR),
	                 -STOP_ASKED); /* it stays asked for */
	assert_receives(REQUEST_SIGNAL, 10);
	assert_receives(REQUEST_STOP, 0);
	assert_receives(REQUEST_STDIN_END, 5);
	assert_int_equal(account_receive(&account, &c), 0);
}

static void test_what_cannot_be_kept_stays_in_the_port(void **state)
{
	(void)state;
	for (int i = 1; i <= 40; i++) {
		char line[32];

		snprintf(line, sizeof(line), "{\"stdin_end\":%d}\n", i);
		host_says(line);
	}
	assert_int_equal(stop_wait(quiet[0], clock_us() + 20000), 0);
	assert_true(account_is_full(&account));
	for (int i = 1; i <= 40; i++)
		assert_receives(REQUEST_STDIN_END, (uint64_t)i);
}

/* They say nothing that anybody wants to know later; only the last size counts. */
static void test_a_stop_is_seen_behind_much_else(void **state)
{
	(void)state;
	host_says("{\"hello\":1}\n");
	for (int i = 1; i <= 40; i++) {
		char line[64];

		snprintf(line, sizeof(line), "{\"waiting\":true}\n{\"resize\":\"%dx80\"}\n", i);
		host_says(line);
	}
	host_says("{\"stop\":true}\n");
	assert_int_equal(stop_wait(quiet[0], clock_us() + FAR), -STOP_ASKED);
	assert_true(account.host_counts);
	assert_receives(REQUEST_RESIZE, 40 << 16 | 80);
	assert_receives(REQUEST_STOP, 0);
}

static void test_a_host_that_goes_does_not_end_the_wait(void **state)
{
	(void)state;
	close(host);
	host = -1;
	assert_int_equal(stop_wait(quiet[0], clock_us() + 20000), 0);
	kill(getpid(), SIGIO);
	assert_int_equal(stop_wait(quiet[0], clock_us() + 20000), 0);
}

static void test_a_signal_asks_and_stays_pending(void **state)
{
	sigset_t pending;

	(void)state;
	kill(getpid(), SIGUSR1);
	assert_int_equal(stop_wait(quiet[0], clock_us() + 20000), 0);
	kill(getpid(), SIGTERM);
	assert_int_equal(stop_wait(quiet[0], clock_us() + FAR), -STOP_ASKED);
	assert_int_equal(sigpending(&pending), 0);
	assert_int_equal(sigismember(&pending, SIGTERM), 1);
	assert_int_equal(sigismember(&pending, SIGUSR1), 1);
}

static void test_a_signal_says_what_becomes_of_the_machine(void **state)
{
	(void)state;
	assert_int_equal(stop_request_end(MACHINE_HALT), MACHINE_HALT);
	kill(getpid(), 34 + 5);
	assert_int_equal(stop_wait(quiet[0], clock_us() + FAR), -STOP_ASKED);
	assert_int_equal(stop_request_end(MACHINE_HALT), MACHINE_REBOOT);
	assert_int_equal(stop_request_end(MACHINE_HALT), MACHINE_HALT);
}

/* ECANCELED is what a FUSE host may answer. */
static void test_only_a_stop_is_told_as_one(void **state)
{
	struct guest g = GUEST_BLANK;

	(void)state;
	assert_int_equal(guest_error(&g, ECANCELED, "x"), -ECANCELED);
	assert_null(g.failure);
	assert_int_equal(guest_error(&g, STOP_ASKED, "x"), -STOP_ASKED);
	assert_string_equal(g.failure, "stopped");
	assert_string_equal(g.error, "x: a stop has been asked for");
}

static void test_what_was_waited_for_comes_first(void **state)
{
	(void)state;
	kill(getpid(), SIGTERM);
	assert_int_equal(write(quiet[1], "", 1), 1);
	assert_int_equal(stop_wait(quiet[0], clock_us() + FAR), 1);
}

static void test_nobody_is_looked_at_any_more(void **state)
{
	(void)state;
	kill(getpid(), SIGTERM);
	assert_true(stop_is_asked());
	assert_true(stop_request_leave());
	assert_false(stop_request_leave());
	assert_false(stop_is_asked());
	assert_int_equal(stop_wait(quiet[0], clock_us() + 20000), 0);
}

#define STOP_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STOP_TEST(test_without_a_request_it_waits),
	    STOP_TEST(test_the_host_asks_and_all_that_it_says_is_kept),
	    STOP_TEST(test_what_cannot_be_kept_stays_in_the_port),
	    STOP_TEST(test_a_stop_is_seen_behind_much_else),
	    STOP_TEST(test_a_host_that_goes_does_not_end_the_wait),
	    STOP_TEST(test_a_signal_asks_and_stays_pending),
	    STOP_TEST(test_a_signal_says_what_becomes_of_the_machine),
	    STOP_TEST(test_only_a_stop_is_told_as_one),
	    STOP_TEST(test_what_was_waited_for_comes_first),
	    STOP_TEST(test_nobody_is_looked_at_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
