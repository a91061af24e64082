/* SPDX-License-Identifier: MIT */
/*
 * Ports that nobody is connected to. In their place: a terminal that has been
 * stopped and whose other side is closed, which is hung up and answers EAGAIN
 * as they do.
 */
#include "guest_test.h"

#include <signal.h>
#include <termios.h>

#include "clock.h"
#include "port.h"
#include "stream.h"

static int port;
static int other; /* the side that the host would have, or -1 */

static int set_up(void **state)
{
	sigset_t sigio;

	(void)state;
	sigemptyset(&sigio);
	sigaddset(&sigio, SIGIO);
	sigprocmask(SIG_BLOCK, &sigio, NULL);
	port = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (port < 0 || grantpt(port) < 0 || unlockpt(port) < 0)
		return -1;
	other = open(ptsname(port), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (other < 0 || tcflow(port, TCOOFF) < 0)
		return -1;
	return write(port, "x", 1) < 0 && errno == EAGAIN ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	close(port);
	if (other >= 0)
		close(other);
	return 0;
}

static void leave(void)
{
	close(other);
	other = -1;
}

static void test_a_port_is_held_only_while_nobody_is_there(void **state)
{
	(void)state;
	assert_false(port_is_held(port)); /* slow, but there */
	leave();
	assert_true(port_is_held(port));
}

static void test_waiting_ends_at_the_deadline(void **state)
{
	(void)state;
	assert_false(port_wait_writable(port, clock_us() + 1000));
	leave();
	assert_false(port_wait_writable(port, clock_us() + 1000));
	/* SIGIO says only that something may have changed. */
	raise(SIGIO);
	assert_false(port_wait_writable(port, clock_us() + 1000));
}

/* In a flood there is always one more. Two can be pending, for the thread and for the process. */
static void test_waiting_ends_at_the_deadline_in_a_flood_of_signals(void **state)
{
	const struct timespec now = {0};
	sigset_t sigio;

	(void)state;
	leave();
	sigemptyset(&sigio);
	sigaddset(&sigio, SIGIO);
	raise(SIGIO);
	kill(getpid(), SIGIO);
	assert_false(port_wait_writable(port, clock_us()));
	assert_int_equal(sigtimedwait(&sigio, NULL, &now), SIGIO);
}

static void test_a_stream_does_not_poll_a_port_that_is_held(void **state)
{
	char buffer[16] = "last words";
	struct stream s = {.source = -1,
	                   .sink = port,
	                   .buffer = buffer,
	                   .size = sizeof(buffer),
	                   .length = 10,
	                   .limit = STREAM_NO_LIMIT};

	(void)state;
	stream_pump(&s);
	assert_int_equal(stream_poll(&s).fd, port);
	leave();
	stream_pump(&s);
	assert_int_equal(stream_poll(&s).fd, -1);
	/* Kept: the host may come again. */
	assert_int_equal(s.length, 10);
	assert_false(stream_done(&s));
}

#define PORT_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    PORT_TEST(test_a_port_is_held_only_while_nobody_is_there),
	    PORT_TEST(test_waiting_ends_at_the_deadline),
	    PORT_TEST(test_waiting_ends_at_the_deadline_in_a_flood_of_signals),
	    PORT_TEST(test_a_stream_does_not_poll_a_port_that_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
