/* SPDX-License-Identifier: MIT */
/* A line of the report channel, read without a heap. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "json.h"
#include "report_line.h"

/* A line being read. */
struct scan {
	const char *at;
	const char *end;
};

static void skip_space(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
}

static bool take(struct scan *s, char c)
{
	skip_space(s);
	if (s->at >= s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* Four hexadecimal digits, or -1. */
static int hex4(const char *p)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	int code = 0;

	for (int i = 0; i < 4; i++) {
		const char *found = memchr(digits, p[i], sizeof(digits) - 1);

		if (!found)
			return -1;
		code = code * 16 + (int)((found - digits) & 15);
	}
	return code;
}

/* A character below U+10000 as UTF-8. Return: its bytes. */
static size_t encode_utf8(unsigned code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3f));
	out[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* The character of an escape, as UTF-8. Return: its bytes, or 0 when it is none. */
static size_t take_escape(struct scan *s, char out[4])
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *found;
	int code;

	if (s->at >= s->end)
		return 0;
	found = memchr(names, *s->at, sizeof(names) - 1);
	if (found) {
		s->at++;
		out[0] = values[found - names];
		return 1;
	}
	if (*s->at != 'u' || s->end - s->at < 5)
		return 0;
	code = hex4(s->at + 1);
	/* We write no surrogates and no NUL: whoever does is not us. */
	if (code <= 0 || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	s->at += 5;
	return encode_utf8((unsigned)code, out);
}

/* One character of a string. Return: its bytes, or 0 when none may stand there. */
static size_t take_character(struct scan *s, char out[4])
{
	size_t n;

	if (*s->at == '\\') {
		s->at++;
		return take_escape(s, out);
	}
	if ((unsigned char)*s->at < 0x20)
		return 0;
	n = json_utf8_length(s->at, (size_t)(s->end - s->at));
	memcpy(out, s->at, n);
	s->at += n;
	return n;
}

/* What does not fit is cut: a message that is too long is still a message. */
static bool take_string(struct scan *s, char *text, size_t size)
{
	size_t length = 0;
	bool cut = false;

	if (!take(s, '"'))
		return false;
	while (s->at < s->end && *s->at != '"') {
		char bytes[4];
		size_t n = take_character(s, bytes);

		if (n == 0)
			return false;
		cut = cut || length + n >= size;
		if (cut)
			continue;
		memcpy(text + length, bytes, n);
		length += n;
	}
	text[length] = '\0';
	return take(s, '"');
}

/* true, false, null or a number; which numbers there are is left to who wants one. */
static bool take_word(struct scan *s, char *text, size_t size)
{
	size_t length = 0;

	while (s->at < s->end && length + 1 < size && !memchr(" \t,}", *s->at, 4))
		text[length++] = *s->at++;
	text[length] = '\0';
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || strcmp(text, "null") == 0)
		return true;
	return length > 0 && strspn(text, "0123456789+-.eE") == length;
}

static bool take_value(struct scan *s, struct value *v)
{
	skip_space(s);
	v->is_string = s->at < s->end && *s->at == '"';
	if (v->is_string)
		return take_string(s, v->text, sizeof(v->text));
	return take_word(s, v->text, 24);
}

int line_read(const char *line, size_t length, void *message, line_member_fn member)
{
	struct scan s = {line, line + length};
	struct value value;
	char key[32];

	if (length >= MAX_REPORT_LINE || !take(&s, '{'))
		return -EINVAL;
	do {
		if (!take_string(&s, key, sizeof(key)) || !take(&s, ':') ||
		    !take_value(&s, &value) || !member(message, key, &value))
			return -EINVAL;
	} while (take(&s, ','));
	if (!take(&s, '}'))
		return -EINVAL;
	skip_space(&s);
	return s.at == s.end ? 0 : -EINVAL;
}

bool value_number(const struct value *v, uint64_t max, uint64_t *n)
{
	size_t digits = strspn(v->text, "0123456789");

	if (v->is_string || !digits || v->text[digits] || (v->text[0] == '0' && digits > 1))
		return false;
	errno = 0;
	*n = strtoull(v->text, NULL, 10);
	return !errno && *n <= max;
}

bool value_bool(const struct value *v, bool *b)
{
	*b = strcmp(v->text, "true") == 0;
	return !v->is_string && (*b || strcmp(v->text, "false") == 0);
}

bool value_copy(const struct value *v, char *to, size_t size)
{
	size_t n = strlen(v->text);

	if (!v->is_string)
		return false;
	if (n >= size)
		n = size - 1;
	while (n && v->text[n] && ((unsigned char)v->text[n] & 0xc0) == 0x80)
		n--; /* not through a character */
	memcpy(to, v->text, n);
	to[n] = '\0';
	return true;
}
