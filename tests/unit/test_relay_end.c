/* SPDX-License-Identifier: MIT */
/* How a run ends: what the guest reports, what it is told, and what is done to one that goes on. */
#include "relay_test.h"

static void test_closed_reader_stops_the_guest(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	close_now(&w.output);
	say(&w, CHANNEL_STDOUT, "to nobody");
	expect(&w, REQUEST_STOP, 0);
	say(&w, CHANNEL_STDOUT, ", and more");
	report_exit(&w, 143, 19, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 128 + SIGPIPE, "");
}

static void test_first_signal_stops_the_guest(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	kill(w.vmconfig, SIGTERM);
	expect(&w, REQUEST_STOP, 0);
	report_exit(&w, 143, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 143, "");
}

static void test_second_signal_ends_it(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	kill(w.vmconfig, SIGHUP);
	expect(&w, REQUEST_STOP, 0);
	kill(w.vmconfig, SIGINT);
	assert_status(&w, 128 + SIGINT); /* QEMU has not been told to go */
}

static void test_timeout(void **state)
{
	const struct relay_options options = {.timeout_s = 1, .stop_timeout_s = 10};
	struct world w;

	(void)state;
	start(&w, "", &options);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	expect(&w, REQUEST_STOP, 0);
	report_exit(&w, 143, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 125, "vmconfig: timed out after 1 s\n");
}

static void test_failed_phase(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	say(&w, CHANNEL_CONSOLE, "evidence that nobody needs\n");
	report(&w, &(struct report_message){
	               .event = REPORT_FAILED, .name = "root", .error = "no disk", .code = 0});
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 125, "vmconfig: guest: root: no disk\n");
}

static void test_reason_of_the_exit(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	report(&w, &(struct report_message){
	               .event = REPORT_EXIT, .error = "cannot execute '/x'", .code = 127});
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 127, "vmconfig: guest: cannot execute '/x'\n");
}

static void test_no_report(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	say(&w, CHANNEL_CONSOLE, "Kernel panic\r\nnot syncing");
	power_off(&w);
	assert_end(&w, 125,
	           "vmconfig: the guest ended without a report\nKernel panic\nnot syncing\n");

	start_quiet(&w);
	power_off(&w);
	assert_end(&w, 125, "vmconfig: the guest ended without a word: has it enough memory?\n");
}

/* A wrapper of QEMU may leave something behind that holds the sockets: no reason to wait for ever.
 */
static void test_ends_are_held(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	say(&w, CHANNEL_STDOUT, "all of it");
	report_exit(&w, 4, 9, 0);
	expect(&w, REQUEST_DONE, 0);
	close_now(&w.power);
	assert_string_equal(read_all(w.output), "all of it");
	assert_status(&w, 4);
}

static void test_qemu_fails(void **state)
{
	struct world w;

	(void)state;
	start(&w, "qemu: warning: hm\nqemu: -drive x: no such file\nIs it there?\n", &quiet);
	power_off(&w);
	assert_end(
	    &w, 125,
	    "vmconfig: '/usr/bin/qemu' ended with status 1: -drive x: no such file Is it there?\n");
}

static void test_bytes_are_missing(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	report_exit(&w, 0, 100, 0);
	power_off(&w);
	assert_end(&w, 125, "vmconfig: 100 bytes of the workload's output are missing\n");
}

/* Counts that no sum holds are no reason to take the guest at its word. */
static void test_bytes_beyond_count(void **state)
{
	struct world w;

	(void)state;
	start_quiet(&w);
	report_exit(&w, 0, UINT64_MAX, 1);
	power_off(&w);
	assert_end(&w, 125,
	           "vmconfig: 18446744073709551615 bytes of the workload's output are missing\n");
}

/* A guest that does not care. The relay adds what the guest itself needs, 60 s, to the workload's
 * timeout: one of -59 s makes it one second. */
static void test_a_guest_that_ignores_the_stop_is_killed(void **state)
{
	const struct relay_options options = {.stop_timeout_s = -59};
	struct world w;

	(void)state;
	start(&w, "", &options);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	say(&w, CHANNEL_CONSOLE, "I am busy\n");
	kill(w.vmconfig, SIGTERM);
	expect(&w, REQUEST_STOP, 0);
	for (int i = 0; i < CHANNEL_COUNT; i++)
		close_now(&w.guest[i]); /* QEMU itself has not been told to go */
	assert_end(&w, 125,
	           "vmconfig: the guest did not stop within 1 s and was killed\nI am busy\n");
}

static int note_start(const struct relay_options *options, const struct vmm *vmm, int signals)
{
	(void)vmm;
	(void)signals;
	assert_int_equal(write(STDERR_FILENO, "hooks\n", 6), 6);
	return options->context ? -ECANCELED : 0;
}

/* The hooks of the host run once, however often a guest says that its workload has started. */
static void test_one_start(void **state)
{
	const struct relay_options options = {.started = note_start, .stop_timeout_s = 10};
	struct world w;

	(void)state;
	start(&w, "", &options);
	for (int i = 0; i < 3; i++)
		report(&w, &(struct report_message){.event = REPORT_STARTED, .pid = 7});
	report_exit(&w, 0, 0, 0);
	report(&w, &(struct report_message){.event = REPORT_STARTED, .pid = 7});
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 0, "hooks\n");
}

static void test_a_hook_that_fails_stops_the_guest(void **state)
{
	static char context[] = "fail";
	const struct relay_options options = {
	    .started = note_start, .context = context, .stop_timeout_s = 10};
	struct world w;

	(void)state;
	start(&w, "", &options);
	expect(&w, REQUEST_HELLO, 1);
	expect(&w, REQUEST_STDIN_END, 0);
	report(&w, &(struct report_message){.event = REPORT_STARTED, .pid = 7});
	expect(&w, REQUEST_STOP, 0);
	report_exit(&w, 0, 0, 0);
	expect(&w, REQUEST_DONE, 0);
	power_off(&w);
	assert_end(&w, 125, "hooks\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_closed_reader_stops_the_guest),
	    cmocka_unit_test(test_first_signal_stops_the_guest),
	    cmocka_unit_test(test_second_signal_ends_it),
	    cmocka_unit_test(test_timeout),
	    cmocka_unit_test(test_failed_phase),
	    cmocka_unit_test(test_reason_of_the_exit),
	    cmocka_unit_test(test_no_report),
	    cmocka_unit_test(test_ends_are_held),
	    cmocka_unit_test(test_qemu_fails),
	    cmocka_unit_test(test_bytes_are_missing),
	    cmocka_unit_test(test_bytes_beyond_count),
	    cmocka_unit_test(test_a_guest_that_ignores_the_stop_is_killed),
	    cmocka_unit_test(test_one_start),
	    cmocka_unit_test(test_a_hook_that_fails_stops_the_guest),
	};

	/* Who starts this with some ignored (nohup, a shell's "&") would have the relay do so, too.
	 */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
