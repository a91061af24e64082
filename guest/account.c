/* SPDX-License-Identifier: MIT */
/* The guest's account of itself, on the port or the console. */
#include "account.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "boot_watch.h"
#include "clock.h"
#include "contract.h"
#include "log.h"
#include "port.h"
#include "stop_request.h"
#include "vmconfig.h"
#include "vsock.h"

#define PORT_WAIT_US    5000000
#define HOST_WAIT_US    5000000 /* for a host that takes nothing, or has not come yet */
#define CONSOLE_WAIT_US 5000000

void account_init(struct account *a)
{
	*a = (struct account){.port = -1};
}

/* @again: what did not come is only looked for; nobody is connected to twice. Return: as
 * port_wait(). */
static int connect_host(const struct report *report, bool again)
{
	int64_t deadline = clock_us() + (again ? 0 : PORT_WAIT_US);
	struct vsock_place place;

	if (!vsock_is_asked_for(report, &place))
		return port_wait(PORT_REPORT, deadline);
	return again ? -ENOENT : vsock_wait(&place, deadline);
}

int account_settle(struct account *a, const struct vmconfig *cfg)
{
	const char *channel = cfg->report ? cfg->report->channel : NULL;
	int fd = -ENOENT;

	if (cfg->report && cfg->report->nonce)
		snprintf(a->nonce, sizeof(a->nonce), "%s", cfg->report->nonce);
	a->no_port = channel && strcmp(channel, "virtio-serial") != 0;
	if (channel && strcmp(channel, "console") == 0)
		return 0;
	if (a->port < 0)
		fd = connect_host(cfg->report, a->awaited);
	a->awaited = true;
	if (fd >= 0)
		a->port = fd;
	if (fd == -STOP_ASKED)
		return fd;
	return a->port < 0 && channel ? fd : 0;
}

void account_reopen(struct account *a, int root_fd)
{
	a->port = vsock_open_noted(root_fd, a->nonce);
	if (a->port == -ENODATA)
		a->port = port_open(PORT_REPORT);
}

/*
 * A host that is not there must not keep the machine: it is waited for once.
 * What it then missed is on the console.
 *
 * Return: whether the line has gone out.
 */
static bool send_to_port(struct account *a, const char *line, size_t length, int64_t deadline)
{
	while (length) {
		ssize_t n = write(a->port, line, length);

		if (n > 0) {
			line += n;
			length -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			if (!port_wait_writable(a->port, deadline)) {
				a->host_missing = true;
				return false;
			}
		} else if (errno != EINTR) {
			return false;
		}
	}
	a->host_missing = false;
	return true;
}

/*
 * The console is O_NONBLOCK once the workload runs, which may have stopped it
 * for good, by tcflow(3) or a Ctrl-S: let it go on, and wait only so long.
 */
static void send_to_console(const char *text, size_t length, int64_t deadline)
{
	struct pollfd poll_fd = {.fd = STDERR_FILENO, .events = POLLOUT};

	while (length) {
		ssize_t n = write(STDERR_FILENO, text, length);

		if (n > 0) {
			text += n;
			length -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			/* TCOON alone does not undo a Ctrl-S. */
			tcflow(STDERR_FILENO, TCOOFF);
			tcflow(STDERR_FILENO, TCOON);
			if (poll(&poll_fd, 1, clock_left_ms(deadline)) == 0)
				return;
		} else if (errno != EINTR) {
			return;
		}
	}
}

/* Return: the deadline of a wait, which the watch of the boot knows of then. */
static int64_t announced(int64_t limit_us)
{
	int64_t deadline = clock_us() + limit_us;

	boot_watch_until(deadline);
	return deadline;
}

void account_send(struct account *a, const struct report_message *m)
{
	char line[MAX_REPORT_LINE], console[MAX_REPORT_LINE + 128];
	int n = report_format(line, sizeof(line), m);
	bool sent = false;

	if (n < 0)
		return;
	if (a->port >= 0) {
		sent =
		    send_to_port(a, line, (size_t)n, announced(a->host_missing ? 0 : HOST_WAIT_US));
		boot_watch_until(0);
	}
	if (sent)
		return;
	/* Begins with a line end of its own: the workload may have left the cursor anywhere. */
	n = snprintf(console, sizeof(console), "\n%s%s %s", CONSOLE_REPORT_PREFIX, a->nonce, line);
	send_to_console(console, (size_t)n, announced(CONSOLE_WAIT_US));
	boot_watch_until(0);
}

void account_send_at_once(struct account *a, const struct report_message *m)
{
	bool missing = a->host_missing;

	a->host_missing = true;
	account_send(a, m);
	/* One that is merely slow is waited for again. */
	a->host_missing = a->host_missing && missing;
}

/* Whether a byte can be read without waiting; -EPIPE once the host has closed its end. */
static int input_ready(int port)
{
	struct pollfd poll_fd = {.fd = port, .events = POLLIN};

	if (port < 0 || poll(&poll_fd, 1, 0) <= 0)
		return 0;
	if (poll_fd.revents & POLLIN)
		return 1;
	return poll_fd.revents & (POLLHUP | POLLERR) ? -EPIPE : 0;
}

static bool take_line(struct account *a, struct report_command *c)
{
	char *end = memchr(a->input, '\n', a->input_length);
	bool good;
	size_t used;

	if (!end) {
		if (a->input_length == sizeof(a->input)) {
			a->input_length = 0;
			a->input_overrun = true;
		}
		return false;
	}
	good =
	    !a->input_overrun && report_command_parse(a->input, (size_t)(end - a->input), c) == 0;
	a->input_overrun = false;
	used = (size_t)(end - a->input) + 1;
	memmove(a->input, a->input + used, a->input_length - used);
	a->input_length -= used;
	if (!good)
		c->request = REQUEST_UNKNOWN;
	return true;
}

/* What was begun will not be ended by whoever comes next. */
static int host_has_gone(struct account *a)
{
	a->input_length = 0;
	a->input_overrun = false;
	return -EPIPE;
}

/* Return: as account_receive(). */
static int receive_new(struct account *a, int port, struct report_command *c)
{
	for (;;) {
		ssize_t n;
		int r;

		if (take_line(a, c)) {
			if (c->request == REQUEST_HELLO)
				a->host_counts = true;
			return 1;
		}
		r = input_ready(port);
		if (r <= 0)
			return r < 0 ? host_has_gone(a) : 0;
		n = read(port, a->input + a->input_length, sizeof(a->input) - a->input_length);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			return 0;
		if (n <= 0)
			return host_has_gone(a);
		a->input_length += (size_t)n;
	}
}

int account_receive(struct account *a, struct report_command *c)
{
	if (!a->kept_count)
		return receive_new(a, a->port, c);
	*c = a->kept[0];
	a->kept_count--;
	memmove(a->kept, a->kept + 1, a->kept_count * sizeof(*a->kept));
	return 1;
}

bool account_is_full(const struct account *a)
{
	return a->kept_count == sizeof(a->kept) / sizeof(*a->kept);
}

/* What somebody acts on later; of a terminal's sizes that is the last. */
static void keep(struct account *a, const struct report_command *c)
{
	size_t at = a->kept_count;

	if (c->request != REQUEST_STOP && c->request != REQUEST_SIGNAL &&
	    c->request != REQUEST_STDIN_END && c->request != REQUEST_RESIZE)
		return;
	for (size_t i = 0; c->request == REQUEST_RESIZE && i < a->kept_count; i++)
		if (a->kept[i].request == REQUEST_RESIZE)
			at = i;
	a->kept[at] = *c;
	a->kept_count += at == a->kept_count;
}

int account_look_for_stop(struct account *a, int port)
{
	struct report_command c;
	int r = 0;

	while (!account_is_full(a) && (r = receive_new(a, port, &c)) > 0)
		keep(a, &c);
	for (size_t i = 0; i < a->kept_count; i++)
		if (a->kept[i].request == REQUEST_STOP)
			return 1;
	return r < 0 ? r : 0;
}
