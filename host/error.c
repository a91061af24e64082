/* SPDX-License-Identifier: MIT */
/* Messages on stderr: one line each, one write each, nothing in them that a terminal would obey. */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cleanup.h"
#include "printable.h"
#include "problem.h"
#include "whole.h"

/* A document's own words stand in messages. */
static void print_line(const char *text)
{
	_cleanup_free_ char *line = printable(text);
	size_t n;

	if (!line) {
		write_whole(STDERR_FILENO, "vmconfig: out of memory\n", 24);
		return;
	}
	n = strlen(line);
	line[n++] = '\n';
	write_whole(STDERR_FILENO, line, n);
}

static void print_message(const char *prefix, const char *suffix, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void (*message_hook)(void);

void before_messages(void (*hook)(void))
{
	message_hook = hook;
}

static void print_message(const char *prefix, const char *suffix, const char *format, va_list args)
{
	_cleanup_free_ char *message = NULL;
	_cleanup_free_ char *text = NULL;

	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	if (message && asprintf(&text, "%s%s%s", prefix, message, suffix) < 0)
		text = NULL;
	if (message_hook)
		message_hook();
	print_line(text ? text : "vmconfig: out of memory");
}

int fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message("vmconfig: ", "", format, args);
	va_end(args);
	return -EINVAL;
}

int fail_errno(int errnum, const char *format, ...)
{
	char suffix[256];
	va_list args;

	snprintf(suffix, sizeof(suffix), ": %s", strerror(errnum));
	va_start(args, format);
	print_message("vmconfig: ", suffix, format, args);
	va_end(args);
	return -errnum;
}

void notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message("vmconfig: ", "", format, args);
	va_end(args);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message("vmconfig: warning: ", "", format, args);
	va_end(args);
}

static const char *command_in_use;

void usage_about(const char *command)
{
	command_in_use = command;
}

int usage_error(const char *format, ...)
{
	char suffix[64];
	va_list args;

	snprintf(suffix, sizeof(suffix), " (see 'vmconfig help%s%s')", command_in_use ? " " : "",
	         command_in_use ? command_in_use : "");
	va_start(args, format);
	print_message("vmconfig: ", suffix, format, args);
	va_end(args);
	return -EX_USAGE;
}

/* "FILE:LINE:COLUMN: " where the whole document is meant, else "FILE: POINTER: ". */
static int place_text(char **text, const char *subject, const struct problem *problem)
{
	if (problem->pointer[0])
		return asprintf(text, "%s: %s: ", subject, problem->pointer);
	if (problem->line)
		return asprintf(text, "%s:%u:%u: ", subject, problem->line, problem->column);
	return asprintf(text, "%s: ", subject);
}

void print_problems(const char *subject, const struct problems *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct problem *problem = &p->items[i];
		_cleanup_free_ char *place = NULL;

		if (place_text(&place, subject, problem) < 0) {
			place = NULL;
			continue;
		}
		if (problem->severity == SEVERITY_ERROR)
			fail("%s%s", place, problem->message);
		else
			warn("%s%s", place, problem->message);
	}
	if (p->lost)
		warn("%s: %zu further problems are not shown", subject, p->lost);
	if (p->out_of_memory)
		fail("%s: out of memory", subject);
}
