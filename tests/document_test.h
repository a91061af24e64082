/* SPDX-License-Identifier: MIT */
/* What unit tests of the contract share: cmocka, and documents from text that ASan can guard. */
#ifndef VMCONFIG_DOCUMENT_TEST_H
#define VMCONFIG_DOCUMENT_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"
#include "problem.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A text with its tree and what was wrong with it. */
struct document {
	char *text;
	struct json_doc doc;
	struct problems problems;
	int result; /* of json_parse() */
};

/* The bytes stand in a block of their own size, without a NUL: reading past them is an error. */
static inline void document_from_bytes(struct document *d, const char *bytes, size_t length)
{
	memset(d, 0, sizeof(*d));
	d->text = malloc(length ? length : 1);
	assert_non_null(d->text);
	memcpy(d->text, bytes, length);
	d->result = json_parse(&d->doc, d->text, length, &d->problems);
}

/* @text may use ' for ", as no value in these tests needs it. */
static inline void document_from(struct document *d, const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	document_from_bytes(d, copy, strlen(copy));
	free(copy);
}

static inline void document_release(struct document *d)
{
	if (d->result == 0)
		json_release(&d->doc);
	problems_release(&d->problems);
	free(d->text);
}

/* @expected is "LINE:COLUMN SEVERITY RULE POINTER: MESSAGE" of each problem, "\n" between them. */
static inline void assert_problems(const struct problems *p, const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (size_t i = 0; i < p->count; i++) {
		const struct problem *item = &p->items[i];

		fprintf(out, "%s%u:%u %s %s %s: %s", i ? "\n" : "", item->line, item->column,
		        item->severity == SEVERITY_ERROR ? "error" : "warning", item->rule,
		        item->pointer, item->message);
	}
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

#endif
