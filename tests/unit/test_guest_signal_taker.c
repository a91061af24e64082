/* SPDX-License-Identifier: MIT */
/* Which signals of a process are dropped, and which it would see. */
#include "signal_taker.h"

#include <signal.h>

#include "guest_test.h"

static void on_signal(int number)
{
	(void)number;
}

static void test_a_handler_takes_it(void **state)
{
	(void)state;
	assert_false(signal_is_taken(getpid(), SIGUSR1));
	signal(SIGUSR1, SIG_IGN);
	assert_false(signal_is_taken(getpid(), SIGUSR1));
	signal(SIGUSR1, on_signal);
	assert_true(signal_is_taken(getpid(), SIGUSR1));
	signal(SIGUSR1, SIG_DFL);
}

static void test_one_that_is_blocked_waits(void **state)
{
	sigset_t set;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, 34 + 4);
	assert_false(signal_is_taken(getpid(), 34 + 4));
	sigprocmask(SIG_BLOCK, &set, NULL);
	assert_true(signal_is_taken(getpid(), 34 + 4));
	assert_false(signal_is_taken(getpid(), 34 + 5));
	assert_int_equal(signals_that_wait(getpid()), 0);
	kill(getpid(), 34 + 4);
	assert_int_equal(signals_that_wait(getpid()), UINT64_C(1) << (34 + 4 - 1));
	assert_int_equal(sigwaitinfo(&set, NULL), 34 + 4);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void test_of_nobody_it_is_not_known(void **state)
{
	(void)state;
	assert_true(signal_is_taken(-1, SIGTERM));
	assert_int_equal(signals_that_wait(-1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_handler_takes_it),
	    cmocka_unit_test(test_one_that_is_blocked_waits),
	    cmocka_unit_test(test_of_nobody_it_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
