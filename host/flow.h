/* SPDX-License-Identifier: MIT */
/*
 * Bytes on their way from one descriptor to another, through a bounded buffer:
 * what the sink does not take is not read from the source.
 */
#ifndef VMCONFIG_FLOW_H
#define VMCONFIG_FLOW_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_SIZE ((size_t)64 << 10)

struct sink;
struct tail;

/* Takes bytes out of a flow, as they come. */
struct filter {
	/* Rewrite @length bytes in place; FILTER_ROOM more may be put. Return: how many are left.
	 */
	size_t (*pass)(struct filter *f, char *bytes, size_t length);
};

#define FILTER_ROOM 256

struct flow {
	int source;            /* -1 once it has ended */
	int source_error;      /* errno that ended it, or 0 at its end of file */
	struct sink *sink;     /* NULL, or failed: bytes are taken and dropped, as /dev/null does */
	struct filter *filter; /* or NULL */
	struct tail *tail;     /* keeps a copy of the last, or NULL */
	uint64_t delivered;    /* bytes that the sink has, or that were dropped */
	uint64_t taken;        /* bytes that the source has given */
	size_t start;          /* of what the sink has not taken yet */
	size_t length;
	unsigned char last; /* byte seen by tame() */
	char buffer[FLOW_SIZE];
};

/*
 * flow_init() - neither descriptor becomes the flow's own.
 *
 * What has a tail is read by people: control characters other than tabs and line
 * ends become "?", so that no guest steers their terminal.
 */
void flow_init(struct flow *f, int source, struct sink *sink, struct tail *tail);

/* flow_poll() - what to wait for. */
void flow_poll(const struct flow *f, struct pollfd fds[2]);

/* flow_pump() - move what can be moved without waiting; @fds as flow_poll() and poll(2) left them.
 */
void flow_pump(struct flow *f, const struct pollfd fds[2]);

/* flow_insert() - put words of our own between the bytes, if there is room. */
void flow_insert(struct flow *f, const char *bytes, size_t length);

/* flow_done() - nothing left to do: the source has ended and the sink has it all. */
bool flow_done(const struct flow *f);

#endif
