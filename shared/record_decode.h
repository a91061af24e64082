/* SPDX-License-Identifier: MIT */
/* A record being read from a document; for the record_*.c files only. */
#ifndef VMCONFIG_RECORD_DECODE_H
#define VMCONFIG_RECORD_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "json.h"
#include "problem.h"

struct field;
struct record;

/* The document being read and the pointer of the value at hand. */
struct decode {
	const struct json_doc *doc;
	struct problems *problems;
	bool open; /* unknown keys are expected */
	bool not_null;
	char *pointer;
	size_t length;
	size_t room;
};

/* decode_start() - at @pointer. Return: 0 or -ENOMEM, as the next two. */
int decode_start(struct decode *d, const char *pointer);

/* One step down; the caller goes back up to the length that it noted. */
int decode_enter(struct decode *d, const char *key);
int decode_enter_index(struct decode *d, size_t index);
void decode_leave(struct decode *d, size_t length);

#define DECODE_PROBLEM(d, severity, rule, node, ...)                              \
	do {                                                                      \
		struct place place_ = json_place((d)->doc, node, (d)->pointer);   \
		problem_add((d)->problems, severity, rule, &place_, __VA_ARGS__); \
	} while (0)

/* decode_expect() - complain of the value's type unless it is @ok. Return: @ok. */
bool decode_expect(struct decode *d, const cJSON *node, bool ok, const char *wanted);

/* decode_is_absent() - whether @node stands for an absent field. */
bool decode_is_absent(struct decode *d, const struct field *f, const cJSON *node);

void decode_warn_of_null(struct decode *d, const cJSON *node);

/* decode_check_required() - complain of fields that the object @node lacks. Return: 0 or -ENOMEM.
 */
int decode_check_required(struct decode *d, const struct record *rec, const cJSON *node,
                          const void *out);

#endif
