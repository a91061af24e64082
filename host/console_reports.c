/* SPDX-License-Identifier: MIT */
/*
 * Reports on a console. Bytes are looked at once, one by one: those that may
 * turn out to begin a report are held back until that is known, which is the
 * only time that a filter gives out more than it was given.
 */
#include "console_reports.h"

#include <stdio.h>
#include <string.h>

static void take_line(struct console_reports *c)
{
	struct report_message m;

	/* The terminal puts a carriage return before the line's end. */
	while (c->line_length && c->line[c->line_length - 1] == '\r')
		c->line_length--;
	if (report_parse(c->line, c->line_length, &m) < 0)
		return;
	/* The last word must never be lost: it takes the last place. */
	if (c->count == MAX_CONSOLE_REPORTS)
		c->count--;
	c->found[c->count++] = m;
}

/* A byte of a report's line; what is too long is no report. */
static void add_to_line(struct console_reports *c, char byte)
{
	if (byte == '\n') {
		take_line(c);
		c->state = LINE_MATCHING;
		c->matched = 0;
	} else if (c->line_length < sizeof(c->line)) {
		c->line[c->line_length++] = byte;
	}
}

/* Give out what was held back. */
static size_t release(struct console_reports *c, char *to)
{
	size_t n = c->matched;

	memcpy(to, c->prefix, n);
	c->matched = 0;
	return n;
}

static size_t match(struct console_reports *c, char byte, char *to)
{
	size_t n;

	if (byte == c->prefix[c->matched]) {
		if (++c->matched == c->prefix_length) {
			c->state = LINE_REPORT;
			c->matched = c->line_length = 0;
		}
		return 0;
	}
	n = release(c, to);
	to[n++] = byte;
	c->state = byte == '\n' || byte == '\r' ? LINE_MATCHING : LINE_OTHER;
	return n;
}

static size_t pass(struct filter *f, char *bytes, size_t length)
{
	struct console_reports *c = (struct console_reports *)(void *)f;
	char *from = bytes + FILTER_ROOM / 2, *to = bytes;

	memmove(from, bytes, length);
	for (size_t i = 0; i < length; i++) {
		char byte = from[i];

		if (c->state == LINE_REPORT) {
			add_to_line(c, byte);
		} else if (c->state == LINE_MATCHING) {
			to += match(c, byte, to);
		} else {
			*to++ = byte;
			if (byte == '\n')
				c->state = LINE_MATCHING;
		}
	}
	return (size_t)(to - bytes);
}

void console_reports_init(struct console_reports *c, const char *nonce)
{
	int n;

	*c = (struct console_reports){.filter = {pass}};
	n = snprintf(c->prefix, sizeof(c->prefix), "%s%.64s ", CONSOLE_REPORT_PREFIX, nonce);
	c->prefix_length = (size_t)n;
}

bool console_reports_next(struct console_reports *c, struct report_message *m)
{
	if (!c->count)
		return false;
	*m = c->found[0];
	c->count--;
	memmove(c->found, c->found + 1, c->count * sizeof(c->found[0]));
	return true;
}
