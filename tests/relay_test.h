/* SPDX-License-Identifier: MIT */
/*
 * The relay against a guest that a test plays: vmconfig is a child with
 * pipes for its standard streams, QEMU a grandchild that lives until it is
 * told to go, and the test holds the other ends of the VM's sockets.
 */
#ifndef VMCONFIG_RELAY_TEST_H
#define VMCONFIG_RELAY_TEST_H

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

static inline void make_pipe(int ends[2])
{
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

static inline void close_now(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* QEMU's part: to be alive, to say something on its way out, and to end. */
static inline void __attribute__((noreturn))
be_qemu(const char *last_words, int power, int messages)
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

static inline void __attribute__((noreturn))
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
static inline void start(struct world *w, const char *last_words,
                         const struct relay_options *options)
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

static inline void wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("nothing happens");
}

static inline void say_all(int fd, const void *bytes, size_t length)
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

static inline void say(struct world *w, enum channel channel, const char *text)
{
	say_all(w->guest[channel], text, strlen(text));
}

static inline void report(struct world *w, const struct report_message *m)
{
	char line[MAX_REPORT_LINE];
	int n = report_format(line, sizeof(line), m);

	assert_true(n > 0);
	say_all(w->guest[CHANNEL_REPORT], line, (size_t)n);
}

static inline void report_exit(struct world *w, int code, uint64_t out, uint64_t err)
{
	report(w, &(struct report_message){
	              .event = REPORT_EXIT, .code = code, .out_bytes = out, .err_bytes = err});
}

/* The host's next line. */
static inline struct report_command next_command(struct world *w)
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
static inline void expect(struct world *w, enum report_request request, uint64_t value)
{
	struct report_command c = next_command(w);

	assert_int_equal(c.request, request);
	assert_int_equal(c.value, value);
}

/* Nothing has been said, and nothing is on its way: the relay has answered a later line. */
static inline void expect_silence(struct world *w)
{
	struct pollfd p = {.fd = w->guest[CHANNEL_REPORT], .events = POLLIN};

	assert_int_equal(w->length, 0);
	assert_int_equal(poll(&p, 1, 0), 0);
}

static inline void power_off(struct world *w)
{
	close_now(&w->power);
	for (int i = 0; i < CHANNEL_COUNT; i++)
		close_now(&w->guest[i]);
}

static inline char *read_all(int fd)
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

static inline void assert_status(struct world *w, int status)
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
static inline void assert_end(struct world *w, int status, const char *errors)
{
	if (w->output >= 0)
		assert_string_equal(read_all(w->output), "");
	assert_string_equal(read_all(w->errors), errors);
	assert_status(w, status);
}

static const struct relay_options quiet = {.stop_timeout_s = 10};

/* A guest that is there, and to which no standard input is passed. */
static inline void start_quiet(struct world *w)
{
	start(w, "", &quiet);
	expect(w, REQUEST_HELLO, 1);
	expect(w, REQUEST_STDIN_END, 0);
}

#endif
