/* SPDX-License-Identifier: MIT */
/* Lines of the report channel as flat JSON objects; for the report*.c files only. */
#ifndef VMCONFIG_REPORT_LINE_H
#define VMCONFIG_REPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line being written; length beyond size says that it did not fit. */
struct line {
	char *text;
	size_t size;
	size_t length;
};

void line_put(struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * line_put_string() - one more member. Control characters, and bytes that are no UTF-8, are
 * replaced: no text may outgrow a line.
 */
void line_put_string(struct line *l, const char *key, const char *value);

/* line_finish() - Return: the length with the object's and the line's end, or -ENOSPC. */
int line_finish(struct line *l);

/* The value of one member: a string with its escapes resolved, or a word (number, true, false). */
struct value {
	bool is_string;
	char text[1024];
};

typedef bool (*line_member_fn)(void *message, const char *key, const struct value *v);

/*
 * line_read() - read a flat object, member by member. Nested values are in no line of ours.
 *
 * Return: 0, or -EINVAL when it is none or @member does not take one.
 */
int line_read(const char *line, size_t length, void *message, line_member_fn member);

/* What a value is, if it is such a one. A string that is too long for @size is cut. */
bool value_number(const struct value *v, uint64_t max, uint64_t *n);
bool value_bool(const struct value *v, bool *b);
bool value_copy(const struct value *v, char *to, size_t size);

#endif
