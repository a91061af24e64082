/* SPDX-License-Identifier: MIT */
/* What unit tests of the host share: cmocka, documents from text, what was noted about them. */
#ifndef VMCONFIG_HOST_TEST_H
#define VMCONFIG_HOST_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "document.h"
#include "json.h"
#include "option.h"
#include "vmconfig.h"

/* A parsed document; @text may use ' for ", as no value in these tests needs it. */
static inline void document_from(struct document *d, const char *text)
{
	*d = (struct document){.name = strdup("test"), .text = strdup(text)};
	assert_non_null(d->text);
	d->length = strlen(d->text);
	for (char *c = d->text; *c; c++)
		if (*c == '\'')
			*c = '"';
	assert_int_equal(document_parse(d), 0);
}

static inline const struct problem *find_problem(const struct document *d, const char *pointer)
{
	for (size_t i = 0; i < d->problems.count; i++)
		if (strcmp(d->problems.items[i].pointer, pointer) == 0)
			return &d->problems.items[i];
	return NULL;
}

static inline void assert_noted(const struct document *d, enum severity severity,
                                const char *pointer, const char *message)
{
	const struct problem *problem = find_problem(d, pointer);

	if (!problem) {
		fail_msg("nothing was noted at '%s'", pointer);
		return;
	}
	assert_string_equal(problem->message, message);
	assert_int_equal(problem->severity, severity);
}

/* The config as canonical JSON against @expected, in which ' stands for ". */
static inline void assert_config(const struct vmconfig *cfg, const char *expected)
{
	char *json = vmconfig_encode(cfg);

	assert_non_null(json);
	json[strcspn(json, "\n")] = '\0';
	for (char *c = json; *c; c++)
		if (*c == '"')
			*c = '\'';
	assert_string_equal(json, expected);
	free(json);
}

#endif
