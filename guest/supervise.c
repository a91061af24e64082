/* SPDX-License-Identifier: MIT */
/*
 * PID 1 while the workload runs: one poll loop, no allocation, every wait with
 * an event and a limit.
 *
 *   RUNNING   until the workload has been reaped; a stop sends stop_signal and,
 *             stop_timeout later, SIGKILL
 *   ENDING    what the workload left behind gets SIGTERM, then SIGKILL
 *   DRAINING  all writers are gone: what is in the pipes goes out to the host
 */
#include "supervise.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"
#include "clock.h"
#include "contract.h"
#include "log.h"
#include "oom.h"
#include "power_button.h"
#include "resident.h"
#include "signal_set.h"
#include "signals.h"
#include "stop_request.h"
#include "workload.h"

#define SECOND_US INT64_C(1000000)
#define LEFTOVER_GRACE_US                                                                        \
	(2 * SECOND_US)                  /* SIGTERM to SIGKILL for what the workload left behind \
	                                  */
#define UNKILLABLE_US   (5 * SECOND_US)  /* SIGKILL to giving up: stuck in the kernel */
#define HOST_SILENCE_US (30 * SECOND_US) /* a host that takes nothing and says nothing has gone */
/* A boot that fails early may be over before the host's hello is here; a host that has none to say
 * gets as much time to take the last line before the power goes. */
#define HELLO_US   SECOND_US
#define BLIND_MS   100 /* between looks for signals, should there be no signalfd(2) */
#define MAX_REAPED 256 /* at once: a storm of forks must not keep the rest waiting */

enum state { RUNNING, ENDING, DRAINING, ENDED };

enum {
	POLL_SIGNAL,
	POLL_BUTTON,
	POLL_PORT,
	POLL_STREAMS,
	POLL_COUNT = POLL_STREAMS + STREAM_COUNT
};

struct supervisor {
	struct account *account;
	struct report_message *message;
	int signal_fd;
	int button_fd;
	int stop_signal;
	int64_t stop_us;
	enum state state;
	enum machine_end end;
	int64_t deadline_us; /* of what is being waited for; 0: none */
	bool stopping;       /* stop_signal has been sent */
	bool killed;         /* SIGKILL has been sent */
	bool host_gone;
	bool more_children; /* than were reaped at once */
};

static void signal_workload(int number)
{
	/* The leader of a session cannot leave its group: this reaches it as long as it lives. */
	if (workload.pid > 0)
		kill(-workload.pid, number);
}

static void stop(struct supervisor *s)
{
	if (s->state != RUNNING || s->stopping)
		return;
	log_debug("stopping the workload");
	s->stopping = true;
	s->deadline_us = clock_us() + s->stop_us;
	signal_workload(s->stop_signal);
	/* A stopped process does not see a signal other than SIGKILL until it goes on. */
	signal_workload(SIGCONT);
}

static void note_exit(struct supervisor *s, int status)
{
	struct report_message *m = s->message;

	m->at_us = clock_us();
	if (WIFSIGNALED(status)) {
		m->signal = WTERMSIG(status);
		m->code = STATUS_SIGNAL_BASE + m->signal;
		m->oom = m->signal == SIGKILL && !s->killed && oom_killed(workload.pid);
	} else {
		m->code = WEXITSTATUS(status);
	}
}

/* Stuck in the kernel: what it has been sent is the best that can be said of it. */
static void note_unkillable(struct supervisor *s)
{
	struct report_message *m = s->message;

	m->signal = SIGKILL;
	m->code = STATUS_SIGNAL_BASE + SIGKILL;
	snprintf(m->error, sizeof(m->error), "the workload does not end on SIGKILL");
	log_error("%s", m->error);
}

/* One that ends with the machine has not failed. */
static void note_agent(struct supervisor *s, pid_t pid, int status)
{
	struct report_message m;

	if (!agent_has_failed(pid, status, &m))
		return;
	log_warning("%s", m.error);
	/* The workload has to be looked after, and a stop may come. */
	account_send_at_once(s->account, &m);
}

/* Return: whether any child is left. */
static bool reap(struct supervisor *s)
{
	int status;

	s->more_children = false;
	for (int i = 0; i < MAX_REAPED; i++) {
		pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);

		if (pid <= 0)
			return pid == 0;
		if (s->state == RUNNING)
			note_agent(s, pid, status);
		if (pid != workload.pid)
			continue;
		note_exit(s, status);
		workload.pid = 0;
	}
	s->more_children = true;
	return true;
}

static void enter(struct supervisor *s, enum state state)
{
	s->state = state;
	s->deadline_us = 0;
	if (state == ENDING) {
		s->killed = false;
		s->deadline_us = clock_us() + LEFTOVER_GRACE_US;
		if (kill(-1, SIGTERM) == 0)
			kill(-1, SIGCONT);
	} else if (state == DRAINING) {
		/* Those that are nobody's children here, such as a helper that the kernel runs. */
		kill(-1, SIGKILL);
		terminal_hang_up(&workload.terminal);
		s->deadline_us = clock_us() + HOST_SILENCE_US;
	}
}

static bool output_done(void)
{
	return stream_done(&workload.streams[STREAM_STDOUT]) &&
	       stream_done(&workload.streams[STREAM_STDERR]);
}

/* Go on to the next state when there is nothing left to wait for in this one. */
static void advance(struct supervisor *s, bool children)
{
	if (s->state == RUNNING && workload.pid == 0)
		enter(s, ENDING);
	if (s->state == ENDING && !children)
		enter(s, DRAINING);
	if (s->state == DRAINING && output_done())
		enter(s, ENDED);
}

static void on_deadline(struct supervisor *s)
{
	switch (s->state) {
	case RUNNING:
		log_debug("the workload did not stop in time");
		if (s->killed) {
			note_unkillable(s);
			enter(s, ENDING);
			break;
		}
		signal_workload(SIGKILL);
		s->killed = true;
		s->deadline_us = clock_us() + UNKILLABLE_US;
		break;
	case ENDING:
		if (s->killed) {
			log_error("processes are left that SIGKILL does not end");
			enter(s, DRAINING);
			break;
		}
		kill(-1, SIGKILL);
		s->killed = true;
		s->deadline_us = clock_us() + UNKILLABLE_US;
		break;
	case DRAINING:
		log_error("the host takes no more output");
		enter(s, ENDED);
		break;
	case ENDED:
		break;
	}
}

static void take_signal(struct supervisor *s, int number)
{
	/* The last one asked for is the one. */
	if (stop_signal_end(number, &s->end)) {
		stop(s);
		return;
	}
	switch (number) {
	case SIGCHLD: /* reaped on every round */
	case SIGPIPE:
		break;
	case SIGIO: /* a port: the host may have connected it again */
		s->host_gone = false;
		break;
	case SIGTERM:
	case SIGINT: /* Ctrl-Alt-Del, once RB_DISABLE_CAD is set */
	case SIGPWR:
		stop(s);
		break;
	default:
		signal_workload(number);
	}
}

/* As many as are read at once: whoever sends without end must not keep the rest waiting. */
static void take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info[16];
	const struct timespec now = {0};
	sigset_t all;
	ssize_t n;

	if (s->signal_fd < 0) {
		sigfillset(&all);
		for (int number, i = 0; i < 16 && (number = sigtimedwait(&all, NULL, &now)) > 0;
		     i++)
			take_signal(s, number);
		return;
	}
	n = read(s->signal_fd, info, sizeof(info));

	for (size_t i = 0; n > 0 && i < (size_t)n / sizeof(*info); i++)
		take_signal(s, (int)info[i].ssi_signo);
}

static void take_button(struct supervisor *s)
{
	if (power_button_pressed(s->button_fd))
		stop(s);
}

static void take_command(struct supervisor *s, const struct report_command *c)
{
	switch (c->request) {
	case REQUEST_STOP:
		stop(s);
		break;
	case REQUEST_SIGNAL:
		if (c->value >= 1 && c->value <= 64)
			signal_workload((int)c->value);
		break;
	case REQUEST_STDIN_END:
		stream_end_after(&workload.streams[STREAM_STDIN], c->value);
		break;
	case REQUEST_RESIZE:
		terminal_resize(&workload.terminal, report_rows(c), report_columns(c));
		break;
	case REQUEST_WAITING:
		if (s->state == DRAINING)
			s->deadline_us = clock_us() + HOST_SILENCE_US;
		break;
	case REQUEST_HELLO:
	case REQUEST_DONE:
	case REQUEST_UNKNOWN:
		break;
	}
}

static void take_commands(struct supervisor *s)
{
	struct report_command c;
	int r;

	while ((r = account_receive(s->account, &c)) > 0)
		take_command(s, &c);
	if (r < 0)
		s->host_gone = true;
}

static void pump_streams(struct supervisor *s)
{
	for (int i = 0; i < STREAM_COUNT; i++) {
		struct stream *stream = &workload.streams[i];
		uint64_t before = stream->read_bytes - stream->length;

		stream_pump(stream);
		if (s->state == DRAINING && stream->read_bytes - stream->length != before)
			s->deadline_us = clock_us() + HOST_SILENCE_US;
	}
}

static void wait_for_something(const struct supervisor *s)
{
	struct pollfd fds[POLL_COUNT] = {
	    [POLL_SIGNAL] = {.fd = s->signal_fd, .events = POLLIN},
	    [POLL_BUTTON] = {.fd = s->button_fd, .events = POLLIN},
	    /* A hung-up port is always "ready": leave it out, or this loop spins. */
	    [POLL_PORT] = {.fd = s->host_gone ? -1 : s->account->port, .events = POLLIN},
	};

	int left_ms;

	for (int i = 0; i < STREAM_COUNT; i++)
		fds[POLL_STREAMS + i] = stream_poll(&workload.streams[i]);
	left_ms = s->more_children ? 0 : clock_left_ms(s->deadline_us);
	if (s->signal_fd < 0 && (left_ms < 0 || left_ms > BLIND_MS))
		left_ms = BLIND_MS;
	poll(fds, POLL_COUNT, left_ms);
}

static int open_signals(void)
{
	sigset_t all;

	/* They are blocked since the first line of main(): those that came meanwhile are waiting.
	 */
	signal_set_all(&all);
	return signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void run(struct supervisor *s)
{
	while (s->state != ENDED) {
		take_signals(s);
		take_button(s);
		take_commands(s);
		pump_streams(s);
		advance(s, reap(s));
		if (s->deadline_us && clock_us() >= s->deadline_us)
			on_deadline(s);
		if (s->state != ENDED)
			wait_for_something(s);
	}
}

enum machine_end supervise(const struct guest *g, struct account *a, bool stopping,
                           struct report_message *m)
{
	const struct vmconfig *cfg = &g->config;
	struct supervisor s = {
	    .account = a,
	    .message = m,
	    .signal_fd = open_signals(),
	    .button_fd = g->button_fd,
	    .end = g->cmdline.end,
	    .stop_signal = cfg->stop_signal ? signal_parse(cfg->stop_signal) : SIGTERM,
	    .stop_us = stop_limit_us(cfg),
	};

	*m = (struct report_message){.event = REPORT_EXIT, .code = workload.status};
	snprintf(m->error, sizeof(m->error), "%s", workload.error);
	if (workload.pid > 0)
		account_send(a, &(struct report_message){.event = REPORT_STARTED,
		                                         .pid = workload.pid,
		                                         .at_us = workload.started_us});
	resident_trim();
	if (stopping)
		stop(&s);
	run(&s);
	terminal_close(&workload.terminal);
	m->out_bytes = workload.streams[STREAM_STDOUT].read_bytes;
	m->err_bytes = workload.streams[STREAM_STDERR].read_bytes;
	if (s.end != MACHINE_POWER_OFF)
		snprintf(m->power, sizeof(m->power), "%s", machine_end_name(s.end));
	if (s.signal_fd >= 0)
		close(s.signal_fd);
	return s.end;
}

void supervise_farewell(struct account *a)
{
	int64_t deadline = clock_us() + (a->host_counts ? HOST_SILENCE_US : HELLO_US);
	struct report_command c;

	while (a->port >= 0) {
		struct pollfd poll_fd = {.fd = a->port, .events = POLLIN};
		int r = account_receive(a, &c);

		if (r < 0 || (r > 0 && c.request == REQUEST_DONE))
			return;
		if (r > 0)
			deadline = clock_us() + HOST_SILENCE_US;
		else if (poll(&poll_fd, 1, clock_left_ms(deadline)) == 0)
			return;
	}
}
