/* SPDX-License-Identifier: MIT */
/*
 * One poll loop between a VM and vmconfig's own standard streams.
 *
 *   RUNNING   until the guest reports its end
 *   DRAINING  until all the output that it has counted is written
 *   LEAVING   "done" has been said: until QEMU has ended
 *   GONE      until what it has left in its sockets is written
 *
 * No socket is closed or shut down while QEMU lives: it drops what it has not
 * delivered yet when it sees that. The ends of streams travel as byte counts on
 * the report channel instead.
 */
#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "console_reports.h"
#include "contract.h"
#include "error.h"
#include "flow.h"
#include "local_terminal.h"
#include "monotonic.h"
#include "outcome.h"
#include "report_channel.h"
#include "report_door.h"
#include "sink.h"
#include "stop_signals.h"
#include "tail.h"
#include "timing.h"
#include "vmm.h"

#define SECOND        INT64_C(1000) /* in ms */
#define STOP_SLACK_S  60            /* what the guest needs beside its workload's stop_timeout */
#define STILL_HERE_MS (2 * SECOND)  /* between words to a guest that waits for our reader */
#define SILENCE_MS    (45 * SECOND) /* the guest gives up after 30 s of it */
#define POWER_OFF_MS  (15 * SECOND)
#define HALT_MS       (5 * SECOND)
#define HANG_UP_MS    (2 * SECOND)

enum stage { RUNNING, DRAINING, LEAVING, GONE };

enum { FLOW_STDIN, FLOW_STDOUT, FLOW_STDERR, FLOW_CONSOLE, FLOW_MESSAGES, FLOW_COUNT };

enum {
	POLL_SIGNALS,
	POLL_RESIZED,
	POLL_VMM,
	POLL_REPORT,
	POLL_LISTENER,
	POLL_DOOR,
	POLL_FLOWS = POLL_DOOR + DOOR_POLLS,
	POLL_COUNT = POLL_FLOWS + 2 * FLOW_COUNT
};

enum deadline {
	AT_TIMEOUT,
	AT_STOP_LIMIT,
	AT_STILL_HERE,
	AT_SILENCE,
	AT_POWER_OFF,
	AT_HANG_UP,
	DEADLINE_COUNT
};

struct relay {
	const struct relay_options *options;
	struct vmm *vmm;
	int signals;
	enum stage stage;
	bool stopping;
	bool started;                /* and what follows that has been done */
	bool stdin_ended;            /* and the guest has been told */
	int64_t due[DEADLINE_COUNT]; /* ms of the monotonic clock; 0: never */
	int64_t minded;              /* ms: when the output was last looked at */
	bool reader_slow;            /* and whether it was our reader's turn then */
	struct outcome outcome;
	struct timing timing;
	struct report_channel report;
	struct report_door *door; /* whom the report channel comes by, or NULL */
	int caller;               /* the connection that has come by it, or -1 */
	struct local_terminal terminal;
	struct console_reports *console_reports; /* where they come that way, or NULL */
	struct sink to_guest, out, err;
	struct flow flows[FLOW_COUNT];
	struct tail console, messages;
};

static int64_t after(int64_t ms)
{
	return monotonic_ms() + ms;
}

/*
 * A guest that is not connected, or not yet, is asked by the VMM's own means,
 * and when it comes; one that can do neither is ended at once.
 */
static void ask_by_vmm(struct relay *r)
{
	struct attendance *a = r->options->attendance;
	int result;

	if (r->report.fd >= 0 || !a || r->stage != RUNNING)
		return;
	result = a->ask(a);
	if (result == 0 || r->door)
		return;
	r->outcome.deaf = result == -EOPNOTSUPP;
	vmm_kill(r->vmm);
}

/* Ask the guest to stop; what it does not do in time is done to it. */
static void stop(struct relay *r)
{
	struct attendance *a = r->options->attendance;

	if (r->stopping)
		return;
	r->stopping = true;
	if (a) {
		a->stopped = true;
		a->stopping(a);
	}
	report_channel_send(&r->report, REQUEST_STOP, 0);
	if (r->console_reports || r->door)
		ask_by_vmm(r);
	if (r->stage == RUNNING)
		r->due[AT_STOP_LIMIT] = after((r->options->stop_timeout_s + STOP_SLACK_S) * SECOND);
}

static void leave(struct relay *r)
{
	r->stage = LEAVING;
	r->due[AT_SILENCE] = 0;
	/* VMMs with no port have often no way to power off either: their guests halt. */
	r->due[AT_POWER_OFF] = after(r->console_reports ? HALT_MS : POWER_OFF_MS);
	report_channel_send(&r->report, REQUEST_DONE, 0);
}

static void on_timeout(struct relay *r)
{
	r->outcome.timed_out_s = r->options->timeout_s;
	stop(r);
}

static void on_stop_limit(struct relay *r)
{
	r->outcome.stop_limit_s = r->options->stop_timeout_s + STOP_SLACK_S;
	vmm_kill(r->vmm);
}

/* Again and again: nothing else need happen before the guest loses its patience. */
static void on_still_here(struct relay *r)
{
	report_channel_send(&r->report, REQUEST_WAITING, 0);
	r->due[AT_STILL_HERE] = after(STILL_HERE_MS);
}

static void on_silence(struct relay *r)
{
	vmm_kill(r->vmm);
}

static void on_power_off(struct relay *r)
{
	r->outcome.power_stuck = !r->console_reports;
	vmm_kill(r->vmm);
}

/* Nothing more can come, though somebody, such as what a wrapper of QEMU has left, holds an end. */
static bool is_idle(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

static void on_hang_up(struct relay *r)
{
	for (int i = 0; i < FLOW_COUNT; i++)
		if (!r->flows[i].length && is_idle(r->flows[i].source))
			r->flows[i].source = -1;
	if (is_idle(r->report.fd))
		r->report.fd = -1;
	/* Others than the guest may knock for ever. */
	if (r->door)
		report_door_close(r->door);
	r->due[AT_HANG_UP] = after(HANG_UP_MS);
}

static void take_deadlines(struct relay *r)
{
	static void (*const handlers[DEADLINE_COUNT])(struct relay *) = {
	    [AT_TIMEOUT] = on_timeout,       [AT_STOP_LIMIT] = on_stop_limit,
	    [AT_STILL_HERE] = on_still_here, [AT_SILENCE] = on_silence,
	    [AT_POWER_OFF] = on_power_off,   [AT_HANG_UP] = on_hang_up,
	};
	int64_t now = monotonic_ms();

	for (int i = 0; i < DEADLINE_COUNT; i++) {
		if (!r->due[i] || now < r->due[i])
			continue;
		r->due[i] = 0;
		handlers[i](r);
	}
}

static void take_signals(struct relay *r)
{
	int number;

	while ((number = stop_signals_next(r->signals))) {
		if (r->stopping && (number == SIGINT || number == SIGTERM)) {
			r->outcome.killed_by = number;
			vmm_kill(r->vmm);
		}
		stop(r);
	}
}

static void pass_size(struct relay *r)
{
	unsigned rows, columns;

	if (local_terminal_size(&rows, &columns))
		report_channel_send(&r->report, REQUEST_RESIZE, report_size(rows, columns));
}

static void show(struct relay *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line among those of the console, with --verbose. */
static void show(struct relay *r, const char *format, ...)
{
	char line[sizeof("vmconfig: guest: \n") + 1200] = "vmconfig: guest: ";
	size_t length = strlen(line);
	va_list args;

	if (!r->options->verbose)
		return;
	va_start(args, format);
	vsnprintf(line + length, sizeof(line) - length - 1, format, args);
	va_end(args);
	length = strlen(line);
	line[length++] = '\n';
	flow_insert(&r->flows[FLOW_CONSOLE], line, length);
}

/* An init of the image's own that has not started all it should is worth a word always. */
static void show_ready(struct relay *r, const struct report_message *m)
{
	show(r, "ready: %s", m->name);
	if (m->error[0])
		warn("the guest is %s: failed: %s", m->name, m->error);
}

/* Before the workload says anything: its streams are not cut through. */
static void show_notice(const struct report_message *m)
{
	fail("guest: %s: %s", m->name, m->error);
}

/* The last word counts once: what a guest says after it changes nothing. */
static void take_end(struct relay *r, const struct report_message *m)
{
	if (r->outcome.end.event)
		return;
	r->outcome.end = *m;
	/* Nobody reads it any more. */
	r->flows[FLOW_STDIN].source = -1;
	r->flows[FLOW_STDIN].length = 0;
	if (r->stage == GONE)
		return;
	r->stage = DRAINING;
	r->due[AT_TIMEOUT] = r->due[AT_STOP_LIMIT] = 0;
	if (m->event == REPORT_FAILED)
		leave(r);
}

/* Nothing is relayed until it returns: the guest waits when its ports are full. */
static void note_started(struct relay *r)
{
	struct attendance *a = r->options->attendance;
	int result;

	if (r->started) /* a guest may say it as often as it likes */
		return;
	r->started = true;
	if (a)
		a->started(a);
	if (!r->options->started || r->stage != RUNNING)
		return;
	result = r->options->started(r->options, r->vmm, r->signals);
	if (result == 0 || result == -EINTR)
		return; /* the signal is still to be taken */
	r->outcome.start_failed = true;
	stop(r);
}

static void take_report(struct relay *r, struct report_message *m)
{
	/* No line of its own for what the guest says; the flow tames the rest. */
	m->name[strcspn(m->name, "\r\n")] = '\0';
	timing_note(&r->timing, m);
	if (m->event == REPORT_PHASE)
		show(r, "%s: %lld us", m->name, (long long)m->us);
	else if (m->event == REPORT_STARTED)
		note_started(r);
	else if (m->event == REPORT_NOTICE)
		show_notice(m);
	else if (m->event == REPORT_READY)
		show_ready(r, m);
	else if (m->event == REPORT_STOPPING)
		show(r, "stopping");
	else if (m->event == REPORT_EXIT || m->event == REPORT_FAILED)
		take_end(r, m);
}

static void take_reports(struct relay *r)
{
	struct report_message m;

	report_channel_pump(&r->report);
	while (report_channel_next(&r->report, &m))
		take_report(r, &m);
	if (r->report.fd < 0 && r->caller >= 0)
		close(steal_fd(&r->caller));
}

static void take_console_reports(struct relay *r)
{
	struct report_message m;

	while (r->console_reports && console_reports_next(r->console_reports, &m))
		take_report(r, &m);
}

static void pass_stdin_end(struct relay *r)
{
	struct flow *f = &r->flows[FLOW_STDIN];

	if (r->stdin_ended || f->source >= 0 || r->stage != RUNNING)
		return;
	r->stdin_ended = true;
	if (f->source_error)
		fail_errno(f->source_error, "cannot read standard input");
	report_channel_send(&r->report, REQUEST_STDIN_END, f->taken);
}

/* What the guest is told first, and again when it has connected anew. */
static void greet(struct relay *r)
{
	report_channel_send(&r->report, REQUEST_HELLO, 1);
	/* It may have changed since the config was made. */
	if (r->options->terminal)
		pass_size(r);
	r->stdin_ended = false;
	pass_stdin_end(r);
	if (r->stopping)
		report_channel_send(&r->report, REQUEST_STOP, 0);
	if (r->stage == LEAVING)
		report_channel_send(&r->report, REQUEST_DONE, 0);
}

/* Whoever has shown the nonce is the guest's init: it would not come again if it had a connection.
 */
static void take_caller(struct relay *r, const struct pollfd *fds)
{
	int fd = r->door ? report_door_pump(r->door, fds) : -1;

	if (fd < 0)
		return;
	if (r->caller >= 0)
		close(r->caller);
	r->caller = fd;
	report_channel_init(&r->report, fd);
	greet(r);
}

/* Without a reader for its output the workload would be ended by SIGPIPE, were it here. */
static void check_sinks(struct relay *r)
{
	if (!r->outcome.sink_error)
		r->outcome.sink_error = r->out.error ? r->out.error : r->err.error;
	if (r->outcome.sink_error)
		stop(r);
}

static uint64_t missing(uint64_t announced, const struct flow *f)
{
	return announced > f->delivered ? announced - f->delivered : 0;
}

static uint64_t missing_output(const struct relay *r)
{
	const struct report_message *end = &r->outcome.end;
	uint64_t out, err;

	if (end->event != REPORT_EXIT)
		return 0;
	out = missing(end->out_bytes, &r->flows[FLOW_STDOUT]);
	err = missing(end->err_bytes, &r->flows[FLOW_STDERR]);
	return err > UINT64_MAX - out ? UINT64_MAX : out + err;
}

/*
 * Keep the guest waiting as long as it is our reader that is slow, but no
 * longer: no other limit holds after the guest's last word, and one that has
 * announced more than it has could send a byte now and then for ever.
 */
static void mind_output(struct relay *r)
{
	const struct flow *out = &r->flows[FLOW_STDOUT], *err = &r->flows[FLOW_STDERR];
	int64_t now = monotonic_ms();
	bool pending = out->length || err->length;

	if (!pending)
		r->due[AT_STILL_HERE] = 0;
	else if (!r->due[AT_STILL_HERE])
		r->due[AT_STILL_HERE] = after(STILL_HERE_MS);
	if (r->stage != DRAINING)
		return;
	if (!pending && !missing_output(r))
		leave(r);
	else if (!r->due[AT_SILENCE])
		r->due[AT_SILENCE] = now + SILENCE_MS;
	else if (r->reader_slow)
		r->due[AT_SILENCE] += now - r->minded;
	r->minded = now;
	r->reader_slow = pending;
}

static void note_vmm_end(struct relay *r)
{
	if (!vmm_reap(r->vmm))
		return;
	r->stage = GONE;
	for (int i = 0; i < DEADLINE_COUNT; i++)
		r->due[i] = 0;
	r->due[AT_HANG_UP] = after(HANG_UP_MS);
}

static bool finished(const struct relay *r)
{
	if (r->stage != GONE)
		return false;
	if (r->outcome.killed_by)
		return true;
	for (int i = FLOW_STDOUT; i < FLOW_COUNT; i++)
		if (!flow_done(&r->flows[i]))
			return false;
	return r->report.fd < 0 && (!r->door || report_door_is_quiet(r->door));
}

static int time_left(const struct relay *r)
{
	int64_t next = 0, left;

	for (int i = 0; i < DEADLINE_COUNT; i++)
		if (r->due[i] && (!next || r->due[i] < next))
			next = r->due[i];
	if (!next)
		return -1;
	left = next - monotonic_ms();
	if (left < 0)
		return 0;
	return left < 60 * SECOND ? (int)left : (int)(60 * SECOND);
}

static void wait_for_something(const struct relay *r, struct pollfd fds[POLL_COUNT])
{
	fds[POLL_SIGNALS] = (struct pollfd){.fd = r->signals, .events = POLLIN};
	fds[POLL_RESIZED] = (struct pollfd){.fd = r->terminal.resized, .events = POLLIN};
	fds[POLL_VMM] =
	    (struct pollfd){.fd = r->stage == GONE ? -1 : r->vmm->pidfd, .events = POLLIN};
	fds[POLL_REPORT] = report_channel_poll(&r->report);
	fds[POLL_LISTENER] = (struct pollfd){.fd = -1, .events = POLLIN};
	if (r->options->attendance && !r->stopping)
		fds[POLL_LISTENER].fd = r->options->attendance->listener;
	report_door_poll(r->door, &fds[POLL_DOOR]);
	for (int i = 0; i < FLOW_COUNT; i++)
		flow_poll(&r->flows[i], &fds[POLL_FLOWS + 2 * i]);
	if (poll(fds, POLL_COUNT, time_left(r)) < 0)
		for (int i = 0; i < POLL_COUNT; i++)
			fds[i].revents = 0;
}

static void relay(struct relay *r)
{
	struct pollfd fds[POLL_COUNT];

	while (!finished(r)) {
		wait_for_something(r, fds);
		if (fds[POLL_SIGNALS].revents)
			take_signals(r);
		if (fds[POLL_RESIZED].revents && local_terminal_resized(&r->terminal))
			pass_size(r);
		if (fds[POLL_VMM].revents)
			note_vmm_end(r);
		if (fds[POLL_REPORT].revents)
			take_reports(r);
		take_caller(r, &fds[POLL_DOOR]);
		if (fds[POLL_LISTENER].revents)
			stop(r);
		for (int i = 0; i < FLOW_COUNT; i++)
			flow_pump(&r->flows[i], &fds[POLL_FLOWS + 2 * i]);
		take_console_reports(r);
		pass_stdin_end(r);
		check_sinks(r);
		mind_output(r);
		take_deadlines(r);
	}
}

static void begin(struct relay *r)
{
	const int *channels = r->vmm->channels;
	bool verbose = r->options->verbose;

	report_channel_init(&r->report, r->door ? -1 : channels[CHANNEL_REPORT]);
	sink_init(&r->to_guest, channels[CHANNEL_STDIN]);
	sink_open_inherited(&r->out, STDOUT_FILENO);
	sink_open_inherited(&r->err, STDERR_FILENO);
	flow_init(&r->flows[FLOW_STDIN], r->options->interactive ? STDIN_FILENO : -1, &r->to_guest,
	          NULL);
	flow_init(&r->flows[FLOW_STDOUT], channels[CHANNEL_STDOUT], &r->out, NULL);
	flow_init(&r->flows[FLOW_STDERR], channels[CHANNEL_STDERR], &r->err, NULL);
	flow_init(&r->flows[FLOW_CONSOLE], channels[CHANNEL_CONSOLE], verbose ? &r->err : NULL,
	          &r->console);
	flow_init(&r->flows[FLOW_MESSAGES], r->vmm->messages, verbose ? &r->err : NULL,
	          &r->messages);
	if (r->console_reports) { /* the serial line is the VMM's own output */
		r->flows[FLOW_MESSAGES].sink = &r->out;
		r->flows[FLOW_MESSAGES].filter = &r->console_reports->filter;
	}
	greet(r);
	if (r->options->timeout_s)
		r->due[AT_TIMEOUT] = after(r->options->timeout_s * SECOND);
}

static int conclude(struct relay *r)
{
	struct outcome *o = &r->outcome;

	o->missing = missing_output(r);
	o->program = r->vmm->program;
	o->vmm_status = r->vmm->status;
	o->console = r->console_reports ? &r->messages : &r->console;
	o->messages = &r->messages;
	o->console_shown = r->options->verbose || r->console_reports;
	if (r->caller >= 0)
		close(r->caller);
	sink_release(&r->out);
	sink_release(&r->err);
	local_terminal_end(&r->terminal);
	if (r->options->timing)
		timing_print(&r->timing);
	if (r->options->timing_file)
		timing_write(&r->timing, r->options->timing_file);
	return outcome_status(o);
}

int relay_run(struct vmm *vmm, int signals, const struct relay_options *options)
{
	_cleanup_free_ struct relay *r = calloc(1, sizeof(*r));
	_cleanup_free_ struct console_reports *reports = calloc(1, sizeof(*reports));
	const struct attendance *a = options->attendance;

	if (!r || !reports) {
		fail_errno(ENOMEM, "cannot relay the guest's streams");
		return STATUS_INIT_FAILED;
	}
	r->vmm = vmm;
	r->signals = signals;
	r->options = options;
	r->caller = -1;
	r->door = a ? a->door : NULL;
	if (a && a->nonce) {
		console_reports_init(reports, a->nonce);
		r->console_reports = reports;
	}
	r->terminal = (struct local_terminal){.resized = -1, .fd = -1};
	if (options->terminal && local_terminal_begin(&r->terminal, options->interactive) < 0) {
		local_terminal_end(&r->terminal);
		return STATUS_INIT_FAILED;
	}
	begin(r);
	relay(r);
	return conclude(r);
}
