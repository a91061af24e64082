/* SPDX-License-Identifier: MIT */
/* A line of the report channel, written without a heap. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "report_line.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

void line_put(struct line *l, const char *format, ...)
{
	va_list args;
	int n;

	if (l->length >= l->size)
		return;
	va_start(args, format);
	n = vsnprintf(l->text + l->length, l->size - l->length, format, args);
	va_end(args);
	l->length += n < 0 ? l->size : (size_t)n;
}

static void put_bytes(struct line *l, const char *bytes, size_t n)
{
	if (l->length >= l->size)
		return;
	if (n < l->size - l->length)
		memcpy(l->text + l->length, bytes, n);
	l->length += n;
}

/* How many bytes of @text can stand in a JSON string as they are. */
static size_t plain_length(const char *text, size_t left)
{
	size_t n = 0;

	while (n < left && (unsigned char)text[n] >= 0x20 && text[n] != '"' && text[n] != '\\' &&
	       text[n] != 0x7f) {
		size_t character = json_utf8_length(text + n, left - n);

		if (!character)
			break;
		n += character;
	}
	return n;
}

void line_put_string(struct line *l, const char *key, const char *value)
{
	size_t left = strlen(value);

	line_put(l, ",\"%s\":\"", key);
	while (left) {
		size_t n = plain_length(value, left);

		put_bytes(l, value, n);
		value += n;
		left -= n;
		if (!left)
			break;
		if (*value == '"' || *value == '\\')
			line_put(l, "\\%c", *value);
		else
			line_put(l, REPLACEMENT);
		value++;
		left--;
	}
	line_put(l, "\"");
}

int line_finish(struct line *l)
{
	line_put(l, "}\n");
	return l->length < l->size ? (int)l->length : -ENOSPC;
}
