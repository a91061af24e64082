/* SPDX-License-Identifier: MIT */
/* Bytes on their way. */
#include "flow.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sink.h"
#include "tail.h"

void flow_init(struct flow *f, int source, struct sink *sink, struct tail *tail)
{
	f->source = source;
	f->source_error = 0;
	f->sink = sink;
	f->tail = tail;
	f->filter = NULL;
	f->delivered = f->taken = 0;
	f->start = f->length = 0;
	f->last = 0;
}

/* The C1 controls are two bytes in UTF-8, of which the first is c2. */
static void tame(struct flow *f, char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f ||
		    (f->last == 0xc2 && (c & 0xe0) == 0x80))
			bytes[i] = '?';
		f->last = c;
	}
}

/* Room to read into, short of what a filter may add. */
static size_t room(const struct flow *f)
{
	size_t end = f->start + f->length + (f->filter ? FILTER_ROOM : 0);

	return end < FLOW_SIZE ? FLOW_SIZE - end : 0;
}

static bool has_sink(const struct flow *f)
{
	return f->sink && !f->sink->error;
}

void flow_poll(const struct flow *f, struct pollfd fds[2])
{
	fds[0] = (struct pollfd){.fd = room(f) ? f->source : -1, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = -1, .events = POLLOUT};
	if (f->length && has_sink(f))
		fds[1].fd = f->sink->fd;
}

static void fill(struct flow *f)
{
	char *end = f->buffer + f->start + f->length;
	ssize_t n = read(f->source, end, room(f));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		/* A socket whose other end has died with bytes unread says so; it is the end all
		 * the same. */
		f->source_error = n < 0 && errno != ECONNRESET ? errno : 0;
		f->source = -1;
		return;
	}
	if (f->filter)
		n = (ssize_t)f->filter->pass(f->filter, end, (size_t)n);
	if (f->tail) {
		tame(f, end, (size_t)n);
		tail_add(f->tail, end, (size_t)n);
	}
	f->taken += (uint64_t)n;
	f->length += (size_t)n;
}

static void drain(struct flow *f)
{
	size_t n = has_sink(f) ? sink_write(f->sink, f->buffer + f->start, f->length) : 0;

	if (!has_sink(f))
		n = f->length; /* it may have failed just now */
	f->delivered += n;
	f->start += n;
	f->length -= n;
	if (!f->length)
		f->start = 0;
}

void flow_pump(struct flow *f, const struct pollfd fds[2])
{
	if (fds[0].fd >= 0 && fds[0].revents)
		fill(f);
	if (f->length && (fds[1].revents || !has_sink(f)))
		drain(f);
}

void flow_insert(struct flow *f, const char *bytes, size_t length)
{
	size_t end = f->start + f->length;

	if (!has_sink(f) || length > FLOW_SIZE - end)
		return;
	memcpy(f->buffer + end, bytes, length);
	if (f->tail)
		tame(f, f->buffer + end, length);
	f->length += length;
}

bool flow_done(const struct flow *f)
{
	return f->source < 0 && !f->length;
}
