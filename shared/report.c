/* SPDX-License-Identifier: MIT */
/* Lines of the report channel, both ways: flat JSON objects, read and written without a heap. */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "json.h"

static const char *const event_names[] = {
    [REPORT_PHASE] = "phase",
    [REPORT_STARTED] = "started",
    [REPORT_EXIT] = "exit",
    [REPORT_FAILED] = "failed",
};

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

static void put_string(struct line *l, const char *key, const char *value)
{
	size_t left = strlen(value);

	put(l, ",\"%s\":\"", key);
	while (left) {
		size_t n = json_utf8_length(value, left);

		if (*value == '"' || *value == '\\')
			put(l, "\\%c", *value);
		else if ((unsigned char)*value < 0x20 || *value == 0x7f)
			put(l, "\\u%04x", (unsigned)*value);
		else if (n == 0)
			put(l, "\\ufffd"); /* a byte that is no UTF-8 cannot stand in JSON */
		else
			put(l, "%.*s", (int)n, value);
		value += n ? n : 1;
		left -= n ? n : 1;
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

	if (m->event <= REPORT_UNKNOWN || m->event > REPORT_FAILED)
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
	case REPORT_EXIT:
		put(&l, ",\"code\":%d,\"signal\":%d,\"oom\":%s", m->code, m->signal,
		    m->oom ? "true" : "false");
		put(&l, ",\"stdout\":%" PRIu64 ",\"stderr\":%" PRIu64, m->out_bytes, m->err_bytes);
		if (m->error[0])
			put_string(&l, "error", m->error);
		break;
	case REPORT_FAILED:
		put_string(&l, "phase", m->name);
		put_string(&l, "error", m->error);
		put(&l, ",\"code\":%d", m->code);
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

static int hex4(const char *p)
{
	int code = 0;

	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef";
		const char *found = memchr(digits, p[i] | 0x20, 16);

		if (!found || (p[i] < '0'))
			return -1;
		code = code * 16 + (int)(found - digits);
	}
	return code;
}

/* The character of an escape, as UTF-8. Return: bytes written, or 0 when it is none. */
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
	if (code < 0x80)
		return out[0] = (char)code, 1;
	if (code < 0x800)
		return out[0] = (char)(0xc0 | code >> 6), out[1] = (char)(0x80 | (code & 0x3f)), 2;
	out[0] = (char)(0xe0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3f));
	out[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* What does not fit is cut: a message that is too long is still a message. */
static bool take_string(struct scan *s, char *text, size_t size)
{
	size_t length = 0;

	if (!take(s, '"'))
		return false;
	while (s->at < s->end && *s->at != '"') {
		char bytes[4];
		size_t n;

		if (*s->at == '\\') {
			s->at++;
			n = take_escape(s, bytes);
		} else {
			n = (unsigned char)*s->at < 0x20
			        ? 0
			        : json_utf8_length(s->at, (size_t)(s->end - s->at));
			memcpy(bytes, s->at, n);
			s->at += n;
		}
		if (n == 0)
			return false;
		if (length + n < size) {
			memcpy(text + length, bytes, n);
			length += n;
		}
	}
	text[length] = '\0';
	return take(s, '"');
}

static bool take_word(struct scan *s, char *text, size_t size)
{
	size_t length = 0;

	while (s->at < s->end && length + 1 < size && !memchr(" \t,}", *s->at, 4))
		text[length++] = *s->at++;
	text[length] = '\0';
	return length > 0;
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
	if (!take(&s, '}')) {
		do {
			if (!take_string(&s, key, sizeof(key)) || !take(&s, ':') ||
			    !take_value(&s, &value) || !member(message, key, &value))
				return -EINVAL;
		} while (take(&s, ','));
		if (!take(&s, '}'))
			return -EINVAL;
	}
	skip_space(&s);
	return s.at == s.end ? 0 : -EINVAL;
}

static bool number(const struct value *v, uint64_t max, uint64_t *n)
{
	char *end;

	if (v->is_string || v->text[0] < '0' || v->text[0] > '9')
		return false;
	errno = 0;
	*n = strtoull(v->text, &end, 10);
	return !errno && !*end && *n <= max;
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
	memcpy(to, v->text, n);
	to[n] = '\0';
	return true;
}

static bool take_event(struct report_message *m, const struct value *v)
{
	if (!v->is_string)
		return false;
	for (size_t i = 1; i < sizeof(event_names) / sizeof(*event_names); i++)
		if (strcmp(event_names[i], v->text) == 0)
			m->event = (enum report_event)i;
	return true;
}

static bool message_member(void *message, const char *key, const struct value *v)
{
	struct report_message *m = message;
	uint64_t n = 0;

	if (strcmp(key, "event") == 0)
		return take_event(m, v);
	if (strcmp(key, "name") == 0 || strcmp(key, "phase") == 0)
		return copy(v, m->name, sizeof(m->name));
	if (strcmp(key, "error") == 0)
		return copy(v, m->error, sizeof(m->error));
	if (strcmp(key, "oom") == 0)
		return boolean(v, &m->oom);
	if (strcmp(key, "stdout") == 0)
		return number(v, UINT64_MAX, &m->out_bytes);
	if (strcmp(key, "stderr") == 0)
		return number(v, UINT64_MAX, &m->err_bytes);
	if (strcmp(key, "us") == 0)
		return number(v, INT64_MAX, &n) && (m->us = (int64_t)n, true);
	if (strcmp(key, "at") == 0)
		return number(v, INT64_MAX, &n) && (m->at_us = (int64_t)n, true);
	if (strcmp(key, "code") == 0)
		return number(v, 255, &n) && (m->code = (int)n, true);
	if (strcmp(key, "signal") == 0)
		return number(v, 64, &n) && (m->signal = (int)n, true);
	if (strcmp(key, "pid") == 0)
		return number(v, 4194304, &n) && (m->pid = (int)n, true);
	return true; /* of a later version */
}

int report_parse(const char *line, size_t length, struct report_message *m)
{
	*m = (struct report_message){0};
	return scan_object(line, length, m, message_member);
}

static const struct {
	const char *key;
	enum report_request request;
	bool has_number;
} requests[] = {
    {"hello", REQUEST_HELLO, true},      {"signal", REQUEST_SIGNAL, true},
    {"stop", REQUEST_STOP, false},       {"stdin_end", REQUEST_STDIN_END, true},
    {"waiting", REQUEST_WAITING, false}, {"done", REQUEST_DONE, false},
};

int report_command_format(char *line, size_t size, const struct report_command *c)
{
	struct line l = {line, size, 0};

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		if (requests[i].request != c->request)
			continue;
		if (requests[i].has_number)
			put(&l, "{\"%s\":%" PRIu64, requests[i].key, c->value);
		else
			put(&l, "{\"%s\":true", requests[i].key);
		return finish(&l);
	}
	return -EINVAL;
}

static bool command_member(void *command, const char *key, const struct value *v)
{
	struct report_command *c = command;
	bool set = false;

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		if (strcmp(requests[i].key, key) != 0)
			continue;
		if (requests[i].has_number)
			set = number(v, UINT64_MAX, &c->value);
		else if (!boolean(v, &set))
			return false;
		if (set)
			c->request = requests[i].request;
		return set || !requests[i].has_number;
	}
	return true;
}

int report_command_parse(const char *line, size_t length, struct report_command *c)
{
	*c = (struct report_command){0};
	return scan_object(line, length, c, command_member);
}
