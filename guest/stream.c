/* SPDX-License-Identifier: MIT */
/* One of the workload's standard streams. */
#include "stream.h"

#include <errno.h>
#include <unistd.h>

#include "port.h"
#include "terminal.h"

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void finish(struct stream *s)
{
	if (s->source >= 0 && s->read_bytes >= s->limit)
		close_end(&s->source);
	if (s->source < 0 && !s->length && s->type_end && s->sink >= 0) {
		s->type_end = false;
		s->start = 0;
		s->length = terminal_end_of_input(s->sink, s->last, s->buffer);
	}
	if (s->source < 0 && !s->length && s->close_sink)
		close_end(&s->sink);
}

bool stream_done(const struct stream *s)
{
	return s->source < 0 && (!s->length || s->sink < 0);
}

/*
 * A port is read only when there is room, and only one side is waited for at a
 * time: with bytes in hand for the sink, without for the source. A sink that
 * nobody reads is noticed by the write that fails; one that is held is not
 * waited for here, as poll(2) would not wait.
 */
struct pollfd stream_poll(const struct stream *s)
{
	if (s->length && s->sink >= 0)
		return (struct pollfd){.fd = s->held ? -1 : s->sink, .events = POLLOUT};
	return (struct pollfd){.fd = s->source, .events = POLLIN};
}

static bool fill(struct stream *s)
{
	uint64_t room = s->size;
	ssize_t n;

	if (s->length || s->source < 0)
		return false;
	if (s->limit - s->read_bytes < room)
		room = s->limit - s->read_bytes;
	n = read(s->source, s->buffer, (size_t)room);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		close_end(&s->source);
		return false;
	}
	s->start = 0;
	s->length = (size_t)n;
	s->read_bytes += (uint64_t)n;
	return true;
}

static bool drain(struct stream *s)
{
	ssize_t n;

	if (!s->length)
		return false;
	if (s->sink < 0) {
		s->length = 0; /* the reader has gone: take and drop, as /dev/null would */
		return true;
	}
	n = write(s->sink, s->buffer + s->start, s->length);
	s->held = false;
	if (n < 0 && errno == EINTR)
		return false;
	if (n < 0 && errno == EAGAIN) {
		s->held = port_is_held(s->sink);
		return false;
	}
	if (n < 0) {
		close_end(&s->sink);
		return true;
	}
	s->start += (size_t)n;
	s->length -= (size_t)n;
	if (n > 0)
		s->last = s->buffer[s->start - 1];
	return true;
}

/* A bounded number of rounds: one busy stream must not keep the others, or a signal, waiting. */
void stream_pump(struct stream *s)
{
	for (int round = 0; round < 8; round++) {
		bool moved = drain(s);

		moved |= fill(s);
		if (!moved)
			break;
	}
	finish(s);
}

void stream_end_after(struct stream *s, uint64_t bytes)
{
	s->limit = bytes;
	finish(s);
}
