/* SPDX-License-Identifier: MIT */
/*
 * The console: report lines are taken out of it, the rest is printed byte for
 * byte, and steps wait for what it says.
 *
 * A report line begins with a line end of its own, so the one before it
 * belongs to it: each line end is held back until the next line is known to be
 * none.
 *
 * With a port of their own the reports come on that.
 */
#include "nsboot_console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract.h"
#include "nsboot.h"
#include "nsboot_options.h"
#include "report.h"

#define TAIL_SIZE 4096

static void put(const char *data, size_t length)
{
	while (length) {
		ssize_t n = write(STDOUT_FILENO, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("cannot write to standard output");
		data += n;
		length -= (size_t)n;
	}
}

void console_init(struct console *c, const struct options *o)
{
	*c = (struct console){.options = o, .report_fd = -1, .code = STATUS_PANIC};
	c->tail = malloc(TAIL_SIZE);
	if (!c->tail)
		die("out of memory");
	if (!o->report)
		return;
	c->report_fd = open(o->report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (c->report_fd < 0)
		die("cannot open '%s'", o->report);
}

/*
 * Where the JSON of a report line starts, or NULL when this is none. Before
 * init has read the config it does not know the nonce, and neither does the
 * workload ever: what comes without it counts only when nothing comes with it.
 */
static const char *report_body(const struct console *c, bool *has_nonce)
{
	const char *nonce = c->options->nonce ? c->options->nonce : "";
	const size_t prefix = strlen(CONSOLE_REPORT_PREFIX), n = strlen(nonce);
	const char *at = c->line + prefix;

	if (c->length <= prefix || memcmp(c->line, CONSOLE_REPORT_PREFIX, prefix) != 0)
		return NULL;
	*has_nonce = c->length > prefix + n && memcmp(at, nonce, n) == 0 && at[n] == ' ';
	if (*has_nonce)
		return at + n + 1;
	return *at == ' ' ? at + 1 : NULL;
}

static void note_event(struct console *c, const struct report_message *m)
{
	if (c->ended)
		fprintf(stderr, "nsboot: PANIC: a report after the last word\n");
	switch (m->event) {
	case REPORT_EXIT:
	case REPORT_FAILED:
		c->ended = true;
		c->code = m->code;
		c->spoken_after = 0;
		break;
	case REPORT_NOTICE:
	case REPORT_STARTED:
	case REPORT_READY:
	case REPORT_STOPPING:
	case REPORT_PHASE:
		break;
	case REPORT_UNKNOWN:
		fprintf(stderr, "nsboot: PANIC: a report of an unknown event\n");
		break;
	}
}

static void record(const struct console *c, const char *json, size_t length)
{
	if (c->report_fd >= 0 && dprintf(c->report_fd, "%.*s\n", (int)length, json) < 0)
		die("cannot write to '%s'", c->options->report);
}

/* The last "failed" without a nonce, in case that no report with one comes. */
static void keep_nameless(struct console *c, const struct report_message *m, const char *json,
                          size_t length)
{
	if (m->event != REPORT_FAILED || length >= sizeof(c->nameless))
		return;
	memcpy(c->nameless, json, length);
	c->nameless[length] = '\0';
	c->nameless_code = m->code;
}

/* Return: whether the line at hand was a report. */
static bool take_report(struct console *c)
{
	bool has_nonce = false;
	const char *body = report_body(c, &has_nonce);
	size_t length = body ? c->length - (size_t)(body - c->line) : 0;
	struct report_message m;

	if (!body)
		return false;
	if (report_parse(body, length, &m) < 0) {
		if (has_nonce)
			fprintf(stderr, "nsboot: PANIC: a report that is none: %.*s\n", (int)length,
			        body);
		return false;
	}
	if (!has_nonce) {
		keep_nameless(c, &m, body, length);
		return false; /* it may as well be the workload's, whose output is printed */
	}
	note_event(c, &m);
	record(c, body, length);
	return true;
}

/* Whether what there is of the line may still become a report. */
static bool may_be_report(const struct console *c)
{
	size_t prefix = strlen(CONSOLE_REPORT_PREFIX);
	size_t n = c->length < prefix ? c->length : prefix;

	return c->printed == 0 && memcmp(c->line, CONSOLE_REPORT_PREFIX, n) == 0;
}

static void print_line(struct console *c)
{
	if (c->line_end_due)
		put("\n", 1);
	c->line_end_due = false;
	put(c->line + c->printed, c->length - c->printed);
	c->printed = c->length;
}

static void end_line(struct console *c)
{
	if (take_report(c)) {
		c->line_end_due = false;
		/* What follows starts a line; the one before it has ended with this. */
	} else {
		print_line(c);
		c->line_end_due = true;
	}
	c->length = 0;
	c->printed = 0;
}

static void add(struct console *c, const char *data, size_t length)
{
	if (c->length + length > c->room) {
		size_t room = (c->length + length) * 2;
		char *larger = realloc(c->line, room);

		if (!larger)
			die("out of memory");
		c->line = larger;
		c->room = room;
	}
	memcpy(c->line + c->length, data, length);
	c->length += length;
}

/* Keep the last bytes, for the steps: their texts may come in pieces. */
static void remember(struct console *c, const char *data, size_t length)
{
	size_t keep;

	if (length >= TAIL_SIZE) {
		data += length - TAIL_SIZE;
		length = TAIL_SIZE;
	}
	keep = c->tail_length < TAIL_SIZE - length ? c->tail_length : TAIL_SIZE - length;
	memmove(c->tail, c->tail + c->tail_length - keep, keep);
	memcpy(c->tail + keep, data, length);
	c->tail_length = keep + length;
}

void console_take(struct console *c, const char *data, size_t length)
{
	remember(c, data, length);
	while (length) {
		const char *end = memchr(data, '\n', length);
		size_t n = end ? (size_t)(end - data) : length;

		if (c->ended)
			c->spoken_after += n;
		add(c, data, n);
		if (end)
			end_line(c);
		else if (!may_be_report(c))
			print_line(c);
		n += end != NULL;
		data += n;
		length -= n;
	}
}

static void take_port_line(struct console *c)
{
	struct report_message m;

	if (report_parse(c->port_line, c->port_length, &m) < 0) {
		fprintf(stderr, "nsboot: PANIC: a report that is none: %.*s\n", (int)c->port_length,
		        c->port_line);
		return;
	}
	note_event(c, &m);
	record(c, c->port_line, c->port_length);
}

void console_take_port(struct console *c, const char *data, size_t length)
{
	remember(c, data, length);
	for (; length; data++, length--) {
		if (*data == '\n') {
			take_port_line(c);
			c->port_length = 0;
		} else if (c->port_length < sizeof(c->port_line)) {
			c->port_line[c->port_length++] = *data;
		}
	}
}

void console_end(struct console *c)
{
	if (c->length > c->printed)
		print_line(c);
	if (c->line_end_due)
		put("\n", 1);
	if (!c->ended && c->nameless[0]) {
		c->ended = true;
		c->code = c->nameless_code;
		record(c, c->nameless, strlen(c->nameless));
	}
	if (c->spoken_after)
		fprintf(stderr, "nsboot: PANIC: %zu bytes after the last word\n", c->spoken_after);
}

const struct step *console_next_step(struct console *c)
{
	const struct step *step = &c->options->steps[c->step];
	const char *found;

	if (c->step >= c->options->step_count)
		return NULL;
	found = memmem(c->tail, c->tail_length, step->text, strlen(step->text));
	if (!found)
		return NULL;
	/* The next text has to come after this one. */
	c->tail_length -= (size_t)(found - c->tail) + strlen(step->text);
	memmove(c->tail, found + strlen(step->text), c->tail_length);
	c->step++;
	return step;
}
