/* SPDX-License-Identifier: MIT */
/* The host's end of the report channel: lines in, lines out, both bounded. */
#ifndef VMCONFIG_REPORT_CHANNEL_H
#define VMCONFIG_REPORT_CHANNEL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "contract.h"
#include "report.h"

struct report_channel {
	int fd; /* -1 once the VM has gone */
	char input[MAX_REPORT_LINE];
	size_t input_length;
	bool overrun; /* the line at hand is too long: skip to its end */
	char output[1024];
	size_t output_length;
};

/* report_channel_init() - @fd is O_NONBLOCK and stays the caller's. */
void report_channel_init(struct report_channel *c, int fd);

/* report_channel_poll() - what to wait for. */
struct pollfd report_channel_poll(const struct report_channel *c);

/* report_channel_send() - queue a line; a guest that takes none for long loses some. */
void report_channel_send(struct report_channel *c, enum report_request request, uint64_t value);

/* report_channel_pump() - read once and write what is queued, as far as that goes without waiting.
 */
void report_channel_pump(struct report_channel *c);

/*
 * report_channel_next() - take the next report out of what has been read.
 *
 * What is no report is skipped: the port is the guest's, and the guest may be anybody's.
 *
 * Return: whether there was one.
 */
bool report_channel_next(struct report_channel *c, struct report_message *m);

#endif
