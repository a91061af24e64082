/* SPDX-License-Identifier: MIT */
/* Strict JSON in front of cJSON: the text is scanned first, the tree amended afterwards. */
#include "json.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "list.h"

/* One pass over the text; notes where each value starts, in document order. */
struct scan {
	const unsigned char *text;
	size_t length;
	size_t at;
	size_t *values;
	size_t value_count;
	const char *error; /* what is wrong at @at */
	bool out_of_memory;
};

static bool scan_value(struct scan *s, unsigned depth);

static bool scan_fail(struct scan *s, const char *error)
{
	s->error = error;
	return false;
}

static int scan_peek(const struct scan *s)
{
	return s->at < s->length ? s->text[s->at] : -1;
}

static void scan_space(struct scan *s)
{
	while (s->at < s->length && memchr(" \t\n\r", s->text[s->at], 4))
		s->at++;
}

static bool scan_word(struct scan *s, const char *word)
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

static bool scan_digits(struct scan *s)
{
	if (!is_digit(scan_peek(s)))
		return scan_fail(s, "a digit is missing");
	while (is_digit(scan_peek(s)))
		s->at++;
	return true;
}

static bool scan_number(struct scan *s)
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

/* The length of a well-formed UTF-8 sequence at @p (RFC 3629: no overlong forms, no surrogates), or
 * 0. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	if (p[0] == 0xed)
		high = 0x9f;
	if (p[0] == 0xf0)
		low = 0x90;
	if (p[0] == 0xf4)
		high = 0x8f;
	if (left < n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return n;
}

size_t json_utf8_length(const char *s, size_t left)
{
	return left ? utf8_length((const unsigned char *)s, left) : 0;
}

bool json_is_utf8(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t left = strlen(s);

	while (left) {
		size_t n = utf8_length(p, left);

		if (n == 0)
			return false;
		p += n;
		left -= n;
	}
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
static int scan_hex4(const struct scan *s, size_t at)
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

static bool scan_unicode_escape(struct scan *s)
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

static bool scan_string(struct scan *s)
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
		n = utf8_length(s->text + s->at, s->length - s->at);
		if (n == 0)
			return scan_fail(s, "a string is not UTF-8");
		s->at += n;
	}
}

static bool scan_member_name(struct scan *s)
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
static bool scan_list(struct scan *s, unsigned depth, int close)
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

static bool scan_note_value(struct scan *s)
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

static bool scan_value(struct scan *s, unsigned depth)
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

static bool scan_document(struct scan *s)
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

/* Bytes of a block: what is looked through to tell a line. Lines are not kept, for a document may
 * be nothing but line ends. */
#define MARK_BYTES 4096

/* Go on from @at, which stands at offset @from, to offset @to. */
static struct json_mark count_lines(const struct json_doc *doc, struct json_mark at, size_t from,
                                    size_t to)
{
	const char *end = doc->text + to;

	for (const char *s = doc->text + from; (s = memchr(s, '\n', (size_t)(end - s))); s++) {
		at.lines++;
		at.start = (size_t)(s - doc->text) + 1;
	}
	return at;
}

static int mark_lines(struct json_doc *doc)
{
	size_t count = doc->length / MARK_BYTES + 1;

	doc->marks = calloc(count, sizeof(*doc->marks));
	if (!doc->marks)
		return -ENOMEM;
	for (size_t i = 1; i < count; i++)
		doc->marks[i] =
		    count_lines(doc, doc->marks[i - 1], (i - 1) * MARK_BYTES, i * MARK_BYTES);
	return 0;
}

static struct place place_at(const struct json_doc *doc, size_t offset, const char *pointer)
{
	size_t block = offset / MARK_BYTES;
	struct json_mark at = count_lines(doc, doc->marks[block], block * MARK_BYTES, offset);

	return (struct place){
	    .pointer = pointer,
	    .line = (unsigned)at.lines + 1,
	    .column = (unsigned)(offset - at.start) + 1,
	};
}

/* Keep a number as it was written: cJSON's double holds 53 bits, rlimits have 64. */
static int keep_number(const struct json_doc *doc, cJSON *node, size_t offset)
{
	size_t room = doc->length - offset;
	size_t n = 0;

	while (n < room && memchr("+-.0123456789eE", doc->text[offset + n], 15))
		n++;
	node->valuestring = cJSON_malloc(n + 1);
	if (!node->valuestring)
		return -ENOMEM;
	memcpy(node->valuestring, doc->text + offset, n);
	node->valuestring[n] = '\0';
	node->type = cJSON_Raw;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const cJSON *const *left = a;
	const cJSON *const *right = b;
	int order = strcmp((*left)->string, (*right)->string);

	/* Equal names in document order, so that the second one is blamed. */
	if (order == 0)
		return (*left)->valueint < (*right)->valueint ? -1 : 1;
	return order;
}

static int check_duplicates(const struct json_doc *doc, const cJSON *object, struct problems *p)
{
	const cJSON **members;
	const cJSON *child;
	size_t count = 0, i = 0;

	cJSON_ArrayForEach(child, object) count++;
	if (count < 2)
		return 0;
	members = calloc(count, sizeof(*members));
	if (!members)
		return -ENOMEM;
	cJSON_ArrayForEach(child, object) members[i++] = child;
	qsort(members, count, sizeof(*members), compare_names);
	for (i = 1; i < count; i++) {
		struct place place;

		if (strcmp(members[i - 1]->string, members[i]->string) != 0)
			continue;
		place = json_place(doc, members[i], "");
		problem_add(p, SEVERITY_ERROR, "json-duplicate-key", &place,
		            "duplicate key '%.256s'", members[i]->string);
	}
	free(members);
	return 0;
}

/* Walk the tree in document order, as the scan did. valueint, which cJSON no longer uses, takes the
 * offset. */
static int amend(const struct json_doc *doc, cJSON *node, const struct scan *s, size_t *index,
                 struct problems *p)
{
	size_t offset = s->values[(*index)++];
	cJSON *child;
	int r;

	node->valueint = (int)offset;
	if (cJSON_IsNumber(node))
		return keep_number(doc, node, offset);
	cJSON_ArrayForEach(child, node)
	{
		r = amend(doc, child, s, index, p);
		if (r < 0)
			return r;
	}
	return cJSON_IsObject(node) ? check_duplicates(doc, node, p) : 0;
}

static int report_syntax(const struct json_doc *doc, const struct scan *s, struct problems *p)
{
	struct place place = place_at(doc, s->at, "");

	if (s->out_of_memory)
		return -ENOMEM;
	problem_add(p, SEVERITY_ERROR, "json-syntax", &place, "%s", s->error);
	return -EINVAL;
}

static int read_document(struct json_doc *doc, struct scan *s, struct problems *p)
{
	size_t errors = p->errors;
	size_t index = 0;
	int r;

	if (doc->length > INT_MAX || mark_lines(doc) < 0)
		return -ENOMEM;
	if (!scan_document(s))
		return report_syntax(doc, s, p);
	doc->root = cJSON_ParseWithLength(doc->text, doc->length);
	if (!doc->root)
		return -ENOMEM; /* the scan let it pass: nothing else is left */
	r = amend(doc, doc->root, s, &index, p);
	if (r < 0)
		return r;
	return p->errors > errors ? -EINVAL : 0;
}

int json_parse(struct json_doc *doc, const char *text, size_t length, struct problems *p)
{
	struct scan s = {.text = (const unsigned char *)text, .length = length};
	int r;

	*doc = (struct json_doc){.text = text, .length = length};
	r = read_document(doc, &s, p);
	free(s.values);
	if (r < 0)
		json_release(doc);
	return r;
}

void json_release(struct json_doc *doc)
{
	cJSON_Delete(doc->root);
	free(doc->marks);
	*doc = (struct json_doc){0};
}

struct place json_place(const struct json_doc *doc, const cJSON *node, const char *pointer)
{
	if (!doc || !doc->marks || !node)
		return (struct place){.pointer = pointer};
	return place_at(doc, (size_t)node->valueint, pointer);
}

/* Compare one step of a JSON pointer, where "~1" is "/" and "~0" is "~", with a member name. */
static bool step_equals(const char *step, size_t length, const char *name)
{
	size_t i = 0;

	for (; i < length; i++, name++) {
		char c = step[i];

		if (c == '~' && i + 1 < length)
			c = step[++i] == '1' ? '/' : '~';
		if (*name != c)
			return false;
	}
	return *name == '\0';
}

/* An array index is digits without a leading zero; nothing else counts as one. */
static bool step_is_index(const char *step, size_t length, size_t *index)
{
	*index = 0;
	if (length == 0 || length > 9 || (length > 1 && *step == '0'))
		return false;
	for (; length; step++, length--) {
		if (!is_digit(*step))
			return false;
		*index = *index * 10 + (size_t)(*step - '0');
	}
	return true;
}

static const cJSON *child_at(const cJSON *node, const char *step, size_t length)
{
	const cJSON *child = node->child;
	size_t index;

	if (cJSON_IsArray(node)) {
		if (!step_is_index(step, length, &index))
			return NULL;
		while (child && index--)
			child = child->next;
		return child;
	}
	if (!cJSON_IsObject(node))
		return NULL;
	while (child && !step_equals(step, length, child->string))
		child = child->next;
	return child;
}

const cJSON *json_find(const struct json_doc *doc, const char *pointer)
{
	const cJSON *node = doc ? doc->root : NULL;

	while (node && *pointer == '/') {
		size_t length = strcspn(++pointer, "/");

		node = child_at(node, pointer, length);
		pointer += length;
	}
	return *pointer ? NULL : node;
}

bool json_is_number(const cJSON *node)
{
	return cJSON_IsRaw(node) || cJSON_IsNumber(node);
}

static bool is_integer_text(const cJSON *node)
{
	const char *s;

	if (!cJSON_IsRaw(node) || !node->valuestring)
		return false;
	s = node->valuestring + (node->valuestring[0] == '-');
	return *s && s[strspn(s, "0123456789")] == '\0';
}

int json_int64(const cJSON *node, int64_t *value)
{
	long long result;

	if (!is_integer_text(node))
		return -EINVAL;
	errno = 0;
	result = strtoll(node->valuestring, NULL, 10);
	if (errno)
		return -ERANGE;
	*value = result;
	return 0;
}

int json_uint64(const cJSON *node, uint64_t *value)
{
	unsigned long long result;

	if (!is_integer_text(node))
		return -EINVAL;
	if (node->valuestring[0] == '-')
		return strtoll(node->valuestring, NULL, 10) == 0 ? (*value = 0, 0) : -ERANGE;
	errno = 0;
	result = strtoull(node->valuestring, NULL, 10);
	if (errno)
		return -ERANGE;
	*value = result;
	return 0;
}
