/* SPDX-License-Identifier: MIT */
/*
 * A client of the manager's private socket, where root is asked for no bus
 * and no name. Signals come to all of its clients unasked.
 */
#include "systemd_watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "dbus_message.h"
#include "log.h"

#define DIRECTORY "/run/systemd"
#define SOCKET    "private"

/* Between bind(2), which makes the file, and listen(2) there is no event. */
#define RETRY_US  50000
#define MAX_TRIES 100

enum { SERIAL_STATE = 1, SERIAL_FAILED = 2 };

int systemd_watch_open(struct systemd_watch *w)
{
	*w = (struct systemd_watch){.directory = -1, .fd = -1};
	w->directory = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->directory < 0 ||
	    inotify_add_watch(w->directory, DIRECTORY, IN_CREATE | IN_MOVED_TO) < 0)
		return -errno;
	return 0;
}

void systemd_watch_poll(const struct systemd_watch *w, struct pollfd fds[SYSTEMD_POLL_COUNT])
{
	fds[SYSTEMD_POLL_DIRECTORY] = (struct pollfd){.fd = w->directory, .events = POLLIN};
	fds[SYSTEMD_POLL_SOCKET] = (struct pollfd){.fd = w->fd, .events = POLLIN};
}

static void hang_up(struct systemd_watch *w)
{
	close(w->fd);
	w->fd = -1;
}

static void call(struct systemd_watch *w, const struct dbus_call *c)
{
	uint8_t bytes[512];
	size_t length = dbus_call_write(bytes, sizeof(bytes), c);

	/* A few bytes into an empty socket: all or, from a manager in trouble, nothing. */
	if (send(w->fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length)
		hang_up(w);
}

static void ask_state(struct systemd_watch *w)
{
	static const struct dbus_call get = {
	    .serial = SERIAL_STATE,
	    .interface = "org.freedesktop.DBus.Properties",
	    .member = "Get",
	    .arguments = {"org.freedesktop.systemd1.Manager", "SystemState"}};

	call(w, &get);
}

static void ask_failed(struct systemd_watch *w)
{
	static const struct dbus_call list = {.serial = SERIAL_FAILED,
	                                      .interface = "org.freedesktop.systemd1.Manager",
	                                      .member = "ListUnitsFiltered",
	                                      .arguments = {"failed"},
	                                      .as_array = true};

	w->asked_failed = true;
	call(w, &list);
}

/* SASL as the specification has it: this is root, "0" in hexadecimal. */
static void greet(struct systemd_watch *w)
{
	static const char hello[] = "\0AUTH EXTERNAL 30\r\nBEGIN\r\n";

	w->authenticated = w->asked_failed = false;
	w->length = w->skip = 0;
	if (send(w->fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL) != (ssize_t)sizeof(hello) - 1)
		hang_up(w);
}

static void try_connect(struct systemd_watch *w)
{
	const struct sockaddr_un address = {.sun_family = AF_UNIX,
	                                    .sun_path = DIRECTORY "/" SOCKET};

	w->retry_us = 0;
	if (w->fd >= 0)
		return;
	w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		return;
	if (connect(w->fd, (const struct sockaddr *)&address, sizeof(address)) == 0) {
		greet(w);
		return;
	}
	hang_up(w);
	if (w->tries-- > 0)
		w->retry_us = clock_us() + RETRY_US;
}

static void take_events(struct systemd_watch *w)
{
	_Alignas(struct inotify_event) char events[4096];
	ssize_t n = read(w->directory, events, sizeof(events));

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const void *)(events + at);

		/* Also after more events than the kernel keeps, of which it does not say what they
		 * were. */
		if ((e->mask & IN_Q_OVERFLOW) || (e->len && strcmp(e->name, SOCKET) == 0)) {
			w->tries = MAX_TRIES;
			w->retry_us = clock_us();
		}
		at += (ssize_t)(sizeof(*e) + e->len);
	}
}

static void take_state(struct systemd_watch *w, struct dbus_reader *r)
{
	static const char *const settled[] = {"running", "degraded", "maintenance"};
	const char *type = dbus_read_signature(r);
	const char *state = strcmp(type, "s") == 0 ? dbus_read_string(r) : "";

	for (size_t i = 0; i < sizeof(settled) / sizeof(*settled); i++)
		if (strcmp(state, settled[i]) == 0)
			snprintf(w->state, sizeof(w->state), "%s", state);
}

/* An array of (ssssssouso); the first is the unit's name. */
static void take_failed(struct systemd_watch *w, struct dbus_reader *r)
{
	uint32_t bytes = dbus_read_u32(r);
	size_t end, length = 0;

	dbus_read_align(r, 8);
	end = r->at + bytes;
	w->failed[0] = '\0';
	while (!r->bad && r->at < end && length < sizeof(w->failed)) {
		const char *name;

		dbus_read_align(r, 8);
		name = dbus_read_string(r);
		for (int i = 0; i < 6; i++)
			dbus_read_string(r);
		dbus_read_u32(r);
		dbus_read_string(r);
		dbus_read_string(r);
		if (!r->bad)
			length += (size_t)snprintf(w->failed + length, sizeof(w->failed) - length,
			                           "%s%s", length ? " " : "", name);
	}
}

static int say_ready(struct systemd_watch *w)
{
	w->ready = true;
	return SYSTEMD_READY;
}

static int take_reply(struct systemd_watch *w, struct dbus_message *m)
{
	if (w->ready || !*m->signature)
		return 0;
	if (m->reply_serial == SERIAL_STATE) {
		take_state(w, &m->body);
		if (!w->state[0])
			return 0; /* it will say when that changes */
		if (strcmp(w->state, "running") == 0)
			return say_ready(w);
		ask_failed(w);
		return 0;
	}
	take_failed(w, &m->body);
	return say_ready(w);
}

static int take_signal(struct systemd_watch *w, struct dbus_message *m)
{
	if (strcmp(m->member, "StartupFinished") == 0 && !w->ready) {
		ask_state(w);
	} else if (strcmp(m->member, "JobNew") == 0 && !w->stopping) {
		dbus_read_u32(&m->body);
		dbus_read_string(&m->body);
		w->stopping = strcmp(dbus_read_string(&m->body), "shutdown.target") == 0;
		return w->stopping ? SYSTEMD_STOPPING : 0;
	}
	return 0;
}

static int take_message(struct systemd_watch *w, size_t size)
{
	struct dbus_message m;

	if (!dbus_message_parse(&m, w->input, size))
		return 0;
	if (m.type == DBUS_SIGNAL)
		return take_signal(w, &m);
	return m.type == DBUS_RETURN ? take_reply(w, &m) : 0;
}

static void drop(struct systemd_watch *w, size_t count)
{
	w->length -= count;
	memmove(w->input, w->input + count, w->length);
}

/* "OK" and an id; anything else is a refusal. Return: whether messages follow. */
static bool take_greeting(struct systemd_watch *w)
{
	const uint8_t *end = memchr(w->input, '\n', w->length);

	if (!end)
		return false;
	if (w->length < 2 || memcmp(w->input, "OK", 2) != 0) {
		log_debug("systemd does not talk to us");
		hang_up(w);
		return false;
	}
	drop(w, (size_t)(end - w->input) + 1);
	w->authenticated = true;
	ask_state(w);
	return w->fd >= 0;
}

/* A list of failed units that is too large for us, for nothing else that we asked for can be. */
static int skip_message(struct systemd_watch *w, size_t size)
{
	bool reply = w->input[1] == DBUS_RETURN;

	w->skip = size - w->length;
	w->length = 0;
	if (!reply || !w->asked_failed || w->ready)
		return 0;
	snprintf(w->failed, sizeof(w->failed), "more than can be listed");
	return say_ready(w);
}

static int take_messages(struct systemd_watch *w)
{
	int news = 0;

	while (w->fd >= 0 && w->length >= DBUS_HEAD) {
		size_t size = dbus_message_size(w->input);

		if (size == 0) {
			log_debug("systemd says what is no message");
			hang_up(w);
			break;
		}
		if (size > sizeof(w->input)) {
			news |= skip_message(w, size);
			break;
		}
		if (size > w->length)
			break;
		news |= take_message(w, size);
		drop(w, size);
	}
	return news;
}

/* Return: whether there was anything. */
static bool fill(struct systemd_watch *w)
{
	size_t room = sizeof(w->input) - w->length;
	ssize_t n =
	    recv(w->fd, w->input + w->length, w->skip && w->skip < room ? w->skip : room, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		hang_up(w);
	if (n <= 0)
		return false;
	if (w->skip)
		w->skip -= (size_t)n;
	else
		w->length += (size_t)n;
	return true;
}

int systemd_watch_pump(struct systemd_watch *w)
{
	int news = 0;

	take_events(w);
	if (w->retry_us && clock_us() >= w->retry_us)
		try_connect(w);
	while (w->fd >= 0 && fill(w))
		if (w->authenticated || take_greeting(w))
			news |= take_messages(w);
	return news;
}
