/* SPDX-License-Identifier: MIT */
/* Lines of the report channel, both ways: flat JSON objects, read and written without a heap. */
#include "report.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "json.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

#define FIELD_SIZE(member) sizeof(((struct report_message *)0)->member)

static_assert(3 * (FIELD_SIZE(name) + FIELD_SIZE(error) + FIELD_SIZE(power) + FIELD_SIZE(failure) +
                   FIELD_SIZE(error_name)) +
                      256 <=
                  MAX_REPORT_LINE,
              "each byte of the strings may become a replacement of three");

static const char *const event_names[] = {
    [REPORT_PHASE] = "phase",   [REPORT_STARTED] = "started",   [REPORT_NOTICE] = "notice",
    [REPORT_READY] = "ready",   [REPORT_STOPPING] = "stopping", [REPORT_EXIT] = "exit",
    [REPORT_FAILED] = "failed",
};

#define EVENT_COUNT (sizeof(event_names) / sizeof(*event_names))

/* A line being written; length beyond size says that it did not fit. */
struct line {
	char *text;
	size_t size;
	size_t length;
};

static void put(struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct line *l, const char *format, ...)
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

/* Control characters, and bytes that are no UTF-8, are replaced: no text may outgrow a line. */
static void put_string(struct line *l, const char *key, const char *value)
{
	size_t left = strlen(value);

	put(l, ",\"%s\":\"", key);
	while (left) {
		size_t n = plain_length(value, left);

		put_bytes(l, value, n);
		value += n;
		left -= n;
		if (!left)
			break;
		if (*value == '"' || *value == '\\')
			put(l, "\\%c", *value);
		else
			put(l, REPLACEMENT);
		value++;
		left--;
	}
	put(l, "\"");
}

static int finish(struct line *l)
{
	put(l, "}\n");
	return l->length < l->size ? (int)l->length : -ENOSPC;
}

int report_format(char *line, size_t size, const struct report_message *m)
{
	struct line l = {line, size, 0};

	if (m->event <= REPORT_UNKNOWN || m->event >= EVENT_COUNT)
		return -EINVAL;
	put(&l, "{\"event\":\"%s\"", event_names[m->event]);
	switch (m->event) {
	case REPORT_PHASE:
		put_string(&l, "name", m->name);
		put(&l, ",\"us\":%" PRId64 ",\"at\":%" PRId64, m->us, m->at_us);
		break;
	case REPORT_STARTED:
		put(&l, ",\"pid\":%d,\"at\":%" PRId64, m->pid, m->at_us);
		break;
	case REPORT_NOTICE:
		put_string(&l, "phase", m->name);
		put_string(&l, "text", m->error);
		break;
	case REPORT_READY:
		put_string(&l, "state", m->name);
		if (m->error[0])
			put_string(&l, "failed", m->error);
		put(&l, ",\"at\":%" PRId64, m->at_us);
		break;
	case REPORT_STOPPING:
		put(&l, ",\"at\":%" PRId64, m->at_us);
		break;
	case REPORT_EXIT:
		put(&l, ",\"code\":%d,\"signal\":%d,\"oom\":%s", m->code, m->signal,
		    m->oom ? "true" : "false");
		put(&l, ",\"stdout\":%" PRIu64 ",\"stderr\":%" PRIu64, m->out_bytes, m->err_bytes);
		if (m->at_us)
			put(&l, ",\"at\":%" PRId64, m->at_us);
		if (m->power[0])
			put_string(&l, "power", m->power);
		if (m->error[0])
			put_string(&l, "error", m->error);
		break;
	case REPORT_FAILED:
		put_string(&l, "phase", m->name);
		put_string(&l, "error", m->error);
		put(&l, ",\"code\":%d", m->code);
		if (m->failure[0])
			put_string(&l, "failure", m->failure);
		if (m->error_name[0])
			put_string(&l, "errno", m->error_name);
		break;
	case REPORT_UNKNOWN:
		break;
	}
	return finish(&l);
}

/* A line being read. */
struct scan {
	const char *at;
	const char *end;
};

/* The value of one member: a string with its escapes resolved, or a word (number, true, false). */
struct value {
	bool is_string;
	char text[1024];
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

typedef bool (*member_fn)(void *message, const char *key, const struct value *v);

/* Read a flat object, member by member. Nested values are in no line of ours. */
static int scan_object(const char *line, size_t length, void *message, member_fn member)
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

static bool number(const struct value *v, uint64_t max, uint64_t *n)
{
	size_t digits = strspn(v->text, "0123456789");

	if (v->is_string || !digits || v->text[digits] || (v->text[0] == '0' && digits > 1))
		return false;
	errno = 0;
	*n = strtoull(v->text, NULL, 10);
	return !errno && *n <= max;
}

static bool boolean(const struct value *v, bool *b)
{
	*b = strcmp(v->text, "true") == 0;
	return !v->is_string && (*b || strcmp(v->text, "false") == 0);
}

static bool copy(const struct value *v, char *to, size_t size)
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

enum kind { KIND_EVENT, KIND_STRING, KIND_BOOL, KIND_INT, KIND_INT64, KIND_UINT64 };

#define MEMBER(key, kind, member, max)                                                      \
	{                                                                                   \
		key, kind, offsetof(struct report_message, member), FIELD_SIZE(member), max \
	}

static const struct member {
	const char *key;
	enum kind kind;
	size_t offset;
	size_t size;
	uint64_t max;
} members[] = {
    MEMBER("event", KIND_EVENT, event, 0),
    MEMBER("name", KIND_STRING, name, 0),
    MEMBER("phase", KIND_STRING, name, 0),
    MEMBER("state", KIND_STRING, name, 0),
    MEMBER("error", KIND_STRING, error, 0),
    MEMBER("text", KIND_STRING, error, 0),
    MEMBER("failure", KIND_STRING, failure, 0),
    MEMBER("errno", KIND_STRING, error_name, 0),
    MEMBER("power", KIND_STRING, power, 0),
    MEMBER("failed", KIND_STRING, error, 0),
    MEMBER("us", KIND_INT64, us, INT64_MAX),
    MEMBER("at", KIND_INT64, at_us, INT64_MAX),
    MEMBER("code", KIND_INT, code, 255),
    MEMBER("signal", KIND_INT, signal, 64),
    MEMBER("oom", KIND_BOOL, oom, 0),
    MEMBER("stdout", KIND_UINT64, out_bytes, UINT64_MAX),
    MEMBER("stderr", KIND_UINT64, err_bytes, UINT64_MAX),
    MEMBER("pid", KIND_INT, pid, 4194304), /* PID_MAX_LIMIT */
};

#define MEMBER_COUNT (sizeof(members) / sizeof(*members))

static bool take_event(const struct value *v, enum report_event *event)
{
	for (size_t i = REPORT_UNKNOWN + 1; i < EVENT_COUNT; i++)
		if (strcmp(event_names[i], v->text) == 0)
			*event = (enum report_event)i;
	return v->is_string;
}

static bool store(const struct member *member, void *to, const struct value *v)
{
	uint64_t n;

	switch (member->kind) {
	case KIND_EVENT:
		return take_event(v, to);
	case KIND_STRING:
		return copy(v, to, member->size);
	case KIND_BOOL:
		return boolean(v, to);
	case KIND_INT:
		if (!number(v, member->max, &n))
			return false;
		*(int *)to = (int)n;
		return true;
	case KIND_INT64:
	case KIND_UINT64:
		if (!number(v, member->max, &n))
			return false;
		memcpy(to, &n, sizeof(n));
		return true;
	}
	return false;
}

/* A message and which of its members have been there. */
struct reading {
	struct report_message *message;
	unsigned seen;
};

static bool message_member(void *data, const char *key, const struct value *v)
{
	struct reading *r = data;

	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		if (strcmp(members[i].key, key) != 0)
			continue;
		if (r->seen & 1u << i)
			return false;
		r->seen |= 1u << i;
		return store(&members[i], (char *)r->message + members[i].offset, v);
	}
	return true; /* of a later version */
}

int report_parse(const char *line, size_t length, struct report_message *m)
{
	struct reading r = {.message = m};
	int result;

	*m = (struct report_message){0};
	result = scan_object(line, length, &r, message_member);
	return result == 0 && !(r.seen & 1u) ? -EINVAL : result; /* "event" is the first */
}

static const struct {
	const char *key;
	enum report_request request;
	enum { WITH_TRUE, WITH_NUMBER, WITH_SIZE } with;
} requests[] = {
    {"hello", REQUEST_HELLO, WITH_NUMBER}, {"signal", REQUEST_SIGNAL, WITH_NUMBER},
    {"stop", REQUEST_STOP, WITH_TRUE},     {"stdin_end", REQUEST_STDIN_END, WITH_NUMBER},
    {"resize", REQUEST_RESIZE, WITH_SIZE}, {"waiting", REQUEST_WAITING, WITH_TRUE},
    {"done", REQUEST_DONE, WITH_TRUE},
};

static bool rows_and_columns(const struct value *v, uint64_t *value)
{
	struct value part = {0};
	uint64_t rows, columns;
	size_t n = strcspn(v->text, "x");

	if (!v->is_string || !v->text[n])
		return false;
	memcpy(part.text, v->text, n);
	if (!number(&part, UINT16_MAX, &rows))
		return false;
	snprintf(part.text, sizeof(part.text), "%s", v->text + n + 1);
	if (!number(&part, UINT16_MAX, &columns))
		return false;
	*value = report_size((unsigned)rows, (unsigned)columns);
	return true;
}

int report_command_format(char *line, size_t size, const struct report_command *c)
{
	struct line l = {line, size, 0};

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		if (requests[i].request != c->request)
			continue;
		if (requests[i].with == WITH_NUMBER)
			put(&l, "{\"%s\":%" PRIu64, requests[i].key, c->value);
		else if (requests[i].with == WITH_SIZE)
			put(&l, "{\"%s\":\"%ux%u\"", requests[i].key, report_rows(c),
			    report_columns(c));
		else
			put(&l, "{\"%s\":true", requests[i].key);
		return finish(&l);
	}
	return -EINVAL;
}

static bool command_member(void *command, const char *key, const struct value *v)
{
	struct report_command *c = command;
	bool is_true = false;

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		if (strcmp(requests[i].key, key) != 0)
			continue;
		if (c->request)
			return false; /* one request a line */
		c->request = requests[i].request;
		if (requests[i].with == WITH_NUMBER)
			return number(v, UINT64_MAX, &c->value);
		if (requests[i].with == WITH_SIZE)
			return rows_and_columns(v, &c->value);
		return boolean(v, &is_true) && is_true;
	}
	return true;
}

int report_command_parse(const char *line, size_t length, struct report_command *c)
{
	*c = (struct report_command){0};
	return scan_object(line, length, c, command_member);
}
