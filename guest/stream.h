/* SPDX-License-Identifier: MIT */
/*
 * One of the workload's standard streams: bytes from a source to a sink
 * through a small buffer. The workload has pipes, not the ports: a port can be
 * opened once, and programs open /dev/stdout again.
 */
#ifndef VMCONFIG_STREAM_H
#define VMCONFIG_STREAM_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream {
	int source; /* non-blocking; -1 when it has ended */
	int sink;   /* non-blocking; -1 when nobody reads any more */
	char *buffer;
	size_t size;
	size_t start; /* of what the sink has not taken yet */
	size_t length;
	uint64_t read_bytes; /* taken from the source */
	uint64_t limit;      /* the source ends after this many bytes */
	bool close_sink;     /* the reader must see the end: close the sink after the last byte */
	bool type_end;       /* the sink is a terminal: type what means the end there */
	char last;           /* byte that the sink has taken; 0: none */
	bool held;           /* the sink is a port that the host may connect again: see port.h */
};

#define STREAM_NO_LIMIT UINT64_MAX

/* stream_done() - nothing left to do: the source has ended and the sink has it all. */
bool stream_done(const struct stream *s);

/* stream_poll() - what to wait for; fd -1 when there is nothing, or SIGIO will tell. */
struct pollfd stream_poll(const struct stream *s);

/* stream_pump() - move what can be moved without waiting. */
void stream_pump(struct stream *s);

/* stream_end_after() - the source is known to end after @bytes in all. */
void stream_end_after(struct stream *s, uint64_t bytes);

#endif
