/* SPDX-License-Identifier: MIT */
/* The last bytes of something. */
#include "tail.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void tail_add(struct tail *t, const char *bytes, size_t length)
{
	while (length) {
		size_t at = t->total % TAIL_SIZE;
		size_t n = length < TAIL_SIZE - at ? length : TAIL_SIZE - at;

		memcpy(t->bytes + at, bytes, n);
		t->total += n;
		bytes += n;
		length -= n;
	}
}

/* The ring in order, carriage returns and NULs left out. Return: its length. */
static size_t unroll(const struct tail *t, char *text)
{
	size_t count = t->total < TAIL_SIZE ? (size_t)t->total : TAIL_SIZE;
	size_t length = 0;

	for (uint64_t i = t->total - count; i < t->total; i++) {
		char c = t->bytes[i % TAIL_SIZE];

		if (c != '\r' && c != '\0')
			text[length++] = c;
	}
	return length;
}

/* Where the last @lines lines begin. */
static const char *last_lines(const char *text, size_t length, unsigned lines)
{
	const char *at = text + length;

	if (length && at[-1] == '\n')
		at--;
	for (;;) {
		const char *end = memrchr(text, '\n', (size_t)(at - text));

		if (!end)
			return text;
		if (--lines == 0)
			return end + 1;
		at = end;
	}
}

char *tail_lines(const struct tail *t, unsigned lines)
{
	char *text = malloc(TAIL_SIZE + 1);
	const char *begin = text;
	size_t length;

	if (!text)
		return NULL;
	length = unroll(t, text);
	text[length] = '\0';
	if (t->total > TAIL_SIZE && strchr(text, '\n'))
		begin = strchr(text, '\n') + 1;
	begin = last_lines(begin, length - (size_t)(begin - text), lines);
	memmove(text, begin, strlen(begin) + 1);
	return text;
}
