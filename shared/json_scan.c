/* SPDX-License-Identifier: MIT */
/* One pass over the text of a document: RFC 8259 and nothing else. */
#include "json_scan.h"

#include <string.h>

#include "contract.h"
#include "json.h"
#include "list.h"

static bool scan_value(struct json_scan *s, unsigned depth);

static bool scan_fail(struct json_scan *s, const char *error)
{
	s->error = error;
	return false;
}

static int scan_peek(const struct json_scan *s)
{
	return s->at < s->length ? s->text[s->at] : -1;
}

static void scan_space(struct json_scan *s)
{
	while (s->at < s->length && memchr(" \t\n\r", s->text[s->at], 4))
		s->at++;
}

static bool scan_word(struct json_scan *s, const char *word)
{
	size_t n = strlen(word);

	if (s->length - s->at < n || memcmp(s->text + s->at, word, n) != 0)
		return scan_fail(s, "unknown word");
	s->at += n;
	return true;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool scan_digits(struct json_scan *s)
{
	if (!is_digit(scan_peek(s)))
		return scan_fail(s, "a digit is missing");
	while (is_digit(scan_peek(s)))
		s->at++;
	return true;
}

static bool scan_number(struct json_scan *s)
{
	size_t start = s->at;

	if (scan_peek(s) == '-')
		s->at++;
	if (scan_peek(s) == '0') {
		s->at++;
		if (is_digit(scan_peek(s)))
			return scan_fail(s, "a number has a leading zero");
	} else if (!scan_digits(s)) {
		return false;
	}
	if (scan_peek(s) == '.') {
		s->at++;
		if (!scan_digits(s))
			return false;
	}
	if (scan_peek(s) == 'e' || scan_peek(s) == 'E') {
		s->at++;
		if (scan_peek(s) == '+' || scan_peek(s) == '-')
			s->at++;
		if (!scan_digits(s))
			return false;
	}
	/* cJSON reads no more than 63 characters of a number. */
	if (s->at - start >= 64)
		return scan_fail(s, "a number is longer than 63 characters");
	return true;
}

static int hex_digit(int c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four digits of \uXXXX at @at, or -1. */
static int scan_hex4(const struct json_scan *s, size_t at)
{
	int code = 0;

	if (at > s->length || s->length - at < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_digit(s->text[at + i]);

		if (digit < 0)
			return -1;
		code = code * 16 + digit;
	}
	return code;
}

static bool scan_unicode_escape(struct json_scan *s)
{
	int code = scan_hex4(s, s->at);

	if (code < 0)
		return scan_fail(s, "\\u needs four hexadecimal digits");
	if (code == 0)
		return scan_fail(s, "a string holds a NUL");
	if (code >= 0xdc00 && code <= 0xdfff)
		return scan_fail(s, "a string holds a lone surrogate");
	s->at += 4;
	if (code >= 0xd800 && code <= 0xdbff) {
		int low = -1;

		if (s->length - s->at >= 2 && memcmp(s->text + s->at, "\\u", 2) == 0)
			low = scan_hex4(s, s->at + 2);
		if (low < 0xdc00 || low > 0xdfff)
			return scan_fail(s, "a string holds a lone surrogate");
		s->at += 6;
	}
	return true;
}

static bool scan_string(struct json_scan *s)
{
	s->at++;
	for (;;) {
		int c = scan_peek(s);
		size_t n;

		if (c < 0)
			return scan_fail(s, "a string does not end");
		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < 0x20)
			return scan_fail(s, "a string holds a raw control character");
		if (c == '\\') {
			s->at++;
			c = scan_peek(s);
			if (c < 0 || !strchr("\"\\/bfnrtu", c) || c == 0)
				return scan_fail(s, "unknown escape in a string");
			s->at++;
			if (c == 'u' && !scan_unicode_escape(s))
				return false;
			continue;
		}
		n = json_utf8_length((const char *)s->text + s->at, s->length - s->at);
		if (n == 0)
			return scan_fail(s, "a string is not UTF-8");
		s->at += n;
	}
}

static bool scan_member_name(struct json_scan *s)
{
	scan_space(s);
	if (scan_peek(s) != '"')
		return scan_fail(s, "a member name in quotes is missing");
	if (!scan_string(s))
		return false;
	scan_space(s);
	if (scan_peek(s) != ':')
		return scan_fail(s, "':' is missing after a member name");
	s->at++;
	return true;
}

/* An array or an object, by its closing character. */
static bool scan_list(struct json_scan *s, unsigned depth, int close)
{
	bool object = close == '}';

	if (depth >= MAX_JSON_DEPTH)
		return scan_fail(s, "nested too deeply");
	s->at++;
	scan_space(s);
	if (scan_peek(s) == close) {
		s->at++;
		return true;
	}
	for (;;) {
		if (object && !scan_member_name(s))
			return false;
		if (!scan_value(s, depth + 1))
			return false;
		scan_space(s);
		if (scan_peek(s) == close) {
			s->at++;
			return true;
		}
		if (scan_peek(s) != ',')
			return scan_fail(s, object ? "',' or '}' is missing"
			                           : "',' or ']' is missing");
		s->at++;
	}
}

static bool scan_note_value(struct json_scan *s)
{
	size_t *values;

	/* A value of two bytes becomes a node of eighty: a small machine must survive the worst. */
	if (s->value_count >= MAX_JSON_VALUES)
		return scan_fail(s, "there are too many values (MAX_JSON_VALUES)");
	values = list_grow(s->values, s->value_count, sizeof(*values));
	if (!values) {
		s->out_of_memory = true;
		return false;
	}
	s->values = values;
	values[s->value_count++] = s->at;
	return true;
}

static bool scan_value(struct json_scan *s, unsigned depth)
{
	scan_space(s);
	if (!scan_note_value(s))
		return false;
	switch (scan_peek(s)) {
	case '{':
		return scan_list(s, depth, '}');
	case '[':
		return scan_list(s, depth, ']');
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	case -1:
		return scan_fail(s, "a value is missing");
	default:
		if (scan_peek(s) == '-' || is_digit(scan_peek(s)))
			return scan_number(s);
		return scan_fail(s, "this is no JSON value");
	}
}

bool json_scan(struct json_scan *s)
{
	if (s->length >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0)
		return scan_fail(s, "starts with a byte order mark");
	if (!scan_value(s, 0))
		return false;
	scan_space(s);
	if (s->at < s->length)
		return scan_fail(s, "something follows the document");
	return true;
}
