/* SPDX-License-Identifier: MIT */
/*
 * The relay against a guest that this test plays: vmconfig is a child with
 * pipes for its standard streams, QEMU a grandchild that lives until it is
 * told to go, and the test holds the other ends of the VM's sockets.
 */
#include "scratch_test.h"

#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "contract.h"
#include "relay.h"
#include "report.h"
#include "stop_signals.h"
#include "vmm.h"

#define PATIENCE_MS 20000 /* a test that waits longer has failed */

struct world {
	pid_t vmconfig;
	int guest[CHANNEL_COUNT]; /* the VM's ends, O_NONBLOCK */
	int power;                /* QEMU ends when this is closed */
	int input, output, errors;
	char lines[4096]; /* from the host, not yet looked at */
	size_t length;
};

static void make_pipe(int ends[2])
{
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

static void close_now(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* QEMU's part: to be alive, to say something on its way out, and to end. */
static void __attribute__((noreturn)) be_qemu(const char *last_words, int power, int messages)
{
	size_t length = strlen(last_words);
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (length && write(messages, last_words, length) < 0)
		_exit(9);
	while (read(power, &c, 1) > 0)
		;
	_exit(length ? 1 : 0);
}

static void __attribute__((noreturn))
be_vmconfig(struct vmm *vmm, const char *last_words, const int power[2],
            const struct relay_options *options)
{
	static char program[] = "/usr/bin/qemu";
	int messages[2];
	int signals;

	/* As some callers leave it; QEMU's end and status must be seen all the same. */
	signal(SIGCHLD, SIG_IGN);
	signals = stop_signals_open();
	if (pipe2(messages, O_CLOEXEC) < 0)
		_exit(99);
	close(power[1]);
	vmm->program = program;
	vmm->pid = fork();
	for (int i = 0; i < CHANNEL_COUNT; i++)
		close_now(&vmm->theirs[i]);
	if (vmm->pid == 0) {
		for (int i = 0; i < CHANNEL_COUNT; i++)
			close_now(&vmm->channels[i]);
		be_qemu(last_words, power[0], messages[1]);
	}
	close(messages[1]);
	fcntl(messages[0], F_SETFL, O_NONBLOCK);
	vmm->messages = messages[0];
	vmm->pidfd = pidfd_open(vmm->pid, 0);
	_exit(relay_run(vmm, signals, options));
}

/* @last_words: what QEMU says, who then ends with status 1; "" ends with 0. */
static void start(struct world *w, const char *last_words, const struct relay_options *options)
{
	int in[2], out[2], err[2], power[2];
	struct vmm vmm;

	memset(w, 0, sizeof(*w));
	assert_int_equal(vmm_open(&vmm, true), 0);
	make_pipe(in), make_pipe(out), make_pipe(err), make_pipe(power);
	w->vmconfig = fork();
	assert_true(w->vmconfig >= 0);
	if (w->vmconfig == 0) {
		dup2(in[0], STDIN_FILENO), dup2(out[1], STDOUT_FILENO), dup2(err[1], STDERR_FILENO);
		close(in[0]), close(out[0]), close(err[0]);
		close(in[1]), close(out[1]), close(err[1]);
		be_vmconfig(&vmm, last_words, power, options);
	}
	close(in[0]), close(out[1]), close(err[1]), close(power[0]);
	w->input = in[1], w->output = out[0], w->errors = err[0], w->power = power[1];
	for (int i = 0; i < CHANNEL_COUNT; i++) {
		w->guest[i] = steal_fd(&vmm.theirs[i]);
		close_now(&vmm.channels[i]);
	}
}

static void wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("nothing happens");
}

static void say_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length) {
		ssize_t n;

		wait_for(fd, POLLOUT);
		n = write(fd, at, length);
		assert_true(n > 0 || errno == EAGAIN);
		if (n > 0) {
			at += n;
			length -= (size_t)n;
		}
	}
}

static void say(struct world *w, enum channel channel, const char *text)
{
	say_all(w->guest[channel], text, strlen(text));
}

static void report(struct world *w, const struct report_message *m)
{
	char line[MAX_REPORT_LINE];
	int n = report_format(line, sizeof(line), m);

	assert_true(n > 0);
	say_all(w->guest[CHANNEL_REPORT], line, (size_t)n);
}

static void report_exit(struct world *w, int code, uint64_t out, uint64_t err)
{
	report(w, &(struct report_message){
	              .event = REPORT_EXIT, .code = code, .out_bytes = out, .err_bytes = err});
}

/* The host's next line. */
static struct report_command next_command(struct world *w)
{
	struct report_command c;
	char *end;

	while (!(end = memchr(w->lines, '\n', w->length))) {
		ssize_t n;

		wait_for(w->guest[CHANNEL_REPORT], POLLIN);
		n = read(w->guest[CHANNEL_REPORT], w->lines + w->length,
		         sizeof(w->lines) - w->length);
		assert_true(n > 0);
		w->length += (size_t)n;
	}
	assert_int_equal(report_command_parse(w->lines, (size_t)(end - w->lines), &c), 0);
	w->length -= (size_t)(end + 1 - w->lines);
	memmove(w->lines, end + 1, w->length);
	return c;
}

/* The host's next line is that one. */
static void expect(struct world *w, enum report_request request, uint64_t value)
{
	struct report_command c = next_command(w);

	assert_int_equal(c.request, request);
	assert_int_equal(c.value, value);
}

/* Nothing has been said, and nothing is on its way: the relay has answered a later line. */
static void expect_silence(struct world *w)
{
	struct pollfd p = {.fd = w->guest[CHANNEL_REPORT], .events = POLLIN};

	assert_int_equal(w->length, 0);
	assert_int_equal(poll(&p, 1, 0), 0);
}

static void power_off(struct world *w)
{
	close_now(&w->power);
	for (int i = 0; i < CHANNEL_COUNT; i++)
		close_now(&w->guest[i]);
}

static char *read_all(int fd)
{
	static char text[1 << 16];
	size_t length = 0;
	ssize_t n = 1;

	while (n > 0) {
		wait_for(fd, POLLIN);
		n = read(fd, text + length, sizeof(text) - 1 - length);
		assert_true(n >= 0);
		length += (size_t)n;
	}
	text[length] = '\0';
	return text;
}

static void assert_status(struct world *w, int status)
{
	int pidfd = pidfd_open(w->vmconfig, 0), s;

	wait_for(pidfd, POLLIN);
	close(pidfd);
	assert_int_equal(waitpid(w->vmconfig, &s, 0), w->vmconfig);
	assert_true(WIFEXITED(s));
	assert_int_equal(WEXITSTATUS(s), status);
	power_off(w);
	close_now(&w->input), close_now(&w->output), close_now(&w->errors);
}

/* What vmconfig said on standard error, and nothing on standard output, with @status. */
static void assert_end(struct world *w, int status, const char *errors)
{
	if (w->output >= 0)
		assert_string_equal(read_all(w->output), "");
	assert_string_equal(read_all(w->errors), errors);
	assert_status(w, status);
}

static const struct relay_options quiet = {.stop_timeout_s = 10};
static const struct relay_options interactive = {.interactive = true, .stop_timeout_s = 10};

/* A guest that is there, and to which no standard input is passed. */
static void start_quiet(struct world *w)
{
	start(w, "", &quiet);
	expect(w, REQUEST_HELLO, 1);
	expect(w, REQUEST_STDIN_END, 0);
}

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
	    cmocka_unit_test(test_hostile_reports),
	    cmocka_unit_test(test_bytes_beyond_count),
	    cmocka_unit_test(test_console_is_tame),
	    cmocka_unit_test(test_verbose),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
