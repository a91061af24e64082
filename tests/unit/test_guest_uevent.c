/* SPDX-License-Identifier: MIT */
/* Waiting for events, over a socket in the place of the kernel's. */
#include "guest_test.h"

#include <sys/socket.h>

#include "clock.h"
#include "uevent.h"

static int kernel, listener;

static int set_up(void **state)
{
	int ends[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
		return -1;
	kernel = ends[0];
	listener = ends[1];
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(kernel);
	close(listener);
	return 0;
}

static void test_events_are_taken_together(void **state)
{
	int64_t deadline = clock_us() + 1000;

	(void)state;
	assert_int_equal(write(kernel, "add@/a", 7), 7);
	assert_int_equal(write(kernel, "add@/b", 7), 7);
	assert_int_equal(uevent_wait(&listener, clock_us() + 60000000), 1);
	assert_int_equal(uevent_wait(&listener, deadline), 0);
}

/* A device that comes and goes all the time must not keep anybody waiting for another. */
static void test_events_do_not_move_the_deadline(void **state)
{
	(void)state;
	assert_int_equal(write(kernel, "add@/a", 7), 7);
	assert_int_equal(uevent_wait(&listener, clock_us()), 0);
}

/* What is looked for may have come between the look and the listening. */
static void test_the_first_wait_is_a_second_look(void **state)
{
	int fd = -1;

	(void)state;
	assert_int_equal(uevent_wait(&fd, clock_us()), 1);
	assert_true(fd >= 0);
	assert_int_equal(uevent_wait(&fd, clock_us()), 0);
	close(fd);
}

#define UEVENT_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    UEVENT_TEST(test_events_are_taken_together),
	    UEVENT_TEST(test_events_do_not_move_the_deadline),
	    cmocka_unit_test(test_the_first_wait_is_a_second_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
