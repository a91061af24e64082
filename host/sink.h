/* SPDX-License-Identifier: MIT */
/* Where bytes go: a descriptor that is never waited for in write(2). */
#ifndef VMCONFIG_SINK_H
#define VMCONFIG_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct sink {
	int fd;
	bool owned;   /* sink_release() closes it */
	bool socket;  /* send(2) can be told not to wait */
	size_t piece; /* most bytes of one write after POLLOUT */
	int error;    /* errno of the write that failed; nothing is written any more */
};

/* sink_init() - use @fd, which is O_NONBLOCK. */
void sink_init(struct sink *s, int fd);

/*
 * sink_open_inherited() - use a descriptor that other processes may share.
 *
 * O_NONBLOCK belongs to the open file, so that setting it here would set it for
 * them. A pipe or terminal is opened anew instead; where that is not allowed it
 * is written in pieces of PIPE_BUF, for which a pipe has room when poll(2) says
 * POLLOUT.
 */
void sink_open_inherited(struct sink *s, int fd);

/* sink_write() - Return: bytes taken, 0 when none can be now; failures are noted in @s->error. */
size_t sink_write(struct sink *s, const void *bytes, size_t length);

void sink_release(struct sink *s);

#endif
