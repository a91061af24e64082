/* SPDX-License-Identifier: MIT */
/* The relay of a guest that connects to report: before it comes, again, and when all is over. */
#include "relay_test.h"

#include "report_door.h"
#include "unix_socket.h"

#define PLACE "reports.sock"
#define HELLO "{\"nonce\":\"c0ffee\"}\n"

static struct report_door door;
static int asked[2]; /* what ask() writes to */

static void note(struct attendance *a)
{
	(void)a;
}

/* As of a VMM without a button. */
static int ask(struct attendance *a)
{
	(void)a;
	return write(asked[1], "a", 1) == 1 ? -EOPNOTSUPP : -EIO;
}

static struct attendance attendance = {
    .listener = -1, .door = &door, .started = note, .stopping = note, .ask = ask};
static const struct relay_options attended = {.stop_timeout_s = 10, .attendance = &attendance};

static int set_up(void **state)
{
	sigset_t set;

	/* For vmconfig, until it takes it itself. */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (scratch_enter(state) < 0 || pipe2(asked, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	return report_door_open(&door, 0, 1024, PLACE, "c0ffee");
}

static int tear_down(void **state)
{
	report_door_close(&door);
	close(asked[0]);
	close(asked[1]);
	return scratch_leave(state);
}

/* From now on the guest's reports are on a connection that has shown the nonce. */
static void come(struct world *w)
{
	close_now(&w->guest[CHANNEL_REPORT]);
	w->guest[CHANNEL_REPORT] = unix_connect(PLACE, PATIENCE_MS / 1000);
	assert_true(w->guest[CHANNEL_REPORT] >= 0);
	w->length = 0;
	say(w, CHANNEL_REPORT, HELLO);
}

static void test_a_guest_that_comes_is_greeted(void **state)
{
	struct world w;

	(void)state;
	start(&w, "", &attended);
	come(&w);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	report_exit(&w, 7, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 7, "");
}

/* It may be starting still: it is not killed for that, and is told when it comes. */
static void test_a_stop_before_it_comes(void **state)
{
	struct pollfd p = {.events = POLLIN};
	struct world w;

	(void)state;
	start(&w, "", &attended);
	kill(w.vmconfig, SIGTERM);
	p.fd = asked[0];
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	come(&w);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	expect(&w, REQUEST_STOP, 0);
	report_exit(&w, 143, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 143, "");
}

static void test_a_stop_when_it_is_there(void **state)
{
	struct world w;
	char c;

	(void)state;
	start(&w, "", &attended);
	come(&w);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	kill(w.vmconfig, SIGTERM);
	expect(&w, REQUEST_STOP, 0);
	report_exit(&w, 143, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 143, "");
	/* By that alone. */
	assert_int_equal(read(asked[0], &c, 1), -1);
}

/* Its last stage, after whoever had the connection was killed. */
static void test_it_comes_again_while_it_stops_and_when_it_has(void **state)
{
	struct world w;

	(void)state;
	start(&w, "", &attended);
	come(&w);
	kill(w.vmconfig, SIGTERM);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	expect(&w, REQUEST_STOP, 0);
	come(&w);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	expect(&w, REQUEST_STOP, 0);
	report_exit(&w, 0, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	come(&w);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STOP, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 0, "");
}

/* All of it lies there when it is looked at for the first time, behind one who says nothing. */
static void test_a_short_life_is_heard(void **state)
{
	struct world w;
	int status;

	(void)state;
	start(&w, "", &attended);
	kill(w.vmconfig, SIGSTOP);
	assert_int_equal(waitpid(w.vmconfig, &status, WUNTRACED), w.vmconfig);
	close(unix_connect(PLACE, 1));
	come(&w);
	report_exit(&w, 9, 0, 0);
	power_off(&w);
	kill(w.vmconfig, SIGCONT);
	assert_end(&w, 9, "");
}

#define DOOR_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DOOR_TEST(test_a_guest_that_comes_is_greeted),
	    DOOR_TEST(test_a_stop_before_it_comes),
	    DOOR_TEST(test_a_stop_when_it_is_there),
	    DOOR_TEST(test_it_comes_again_while_it_stops_and_when_it_has),
	    DOOR_TEST(test_a_short_life_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
