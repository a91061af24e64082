/* SPDX-License-Identifier: MIT */
/* A JSON file that a user gave. */
#include "document.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "read_file.h"

int document_read(struct document *d, const char *path)
{
	d->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
	if (!d->name)
		return fail_errno(ENOMEM, "cannot read '%s'", path);
	return read_file(path, &d->text, &d->length);
}

int document_parse(struct document *d)
{
	if (d->parsed)
		return d->parse_result;
	d->parsed = true;
	d->parse_result = json_parse(&d->json, d->text, d->length, &d->problems);
	return d->parse_result;
}

void document_note(struct document *d, enum severity severity, const char *rule,
                   const char *pointer, const char *format, ...)
{
	/* Those that nobody will see need no place, which takes time to find. */
	bool kept = d->problems.count < MAX_PROBLEMS;
	struct place place =
	    json_place(&d->json, kept ? json_find(&d->json, pointer) : NULL, pointer);
	_cleanup_free_ char *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	va_end(args);
	if (message)
		problem_add(&d->problems, severity, rule, &place, "%s", message);
	else
		d->problems.out_of_memory = true;
}

void document_release(struct document *d)
{
	json_release(&d->json);
	problems_release(&d->problems);
	free(d->name);
	free(d->image);
	free(d->text);
	*d = (struct document){0};
}
