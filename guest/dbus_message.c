/* SPDX-License-Identifier: MIT */
/* D-Bus messages, marshalled little-endian. */
#include "dbus_message.h"

#include <string.h>

#define MAX_MESSAGE  (128u << 20) /* of the specification */
#define MANAGER_PATH "/org/freedesktop/systemd1"

enum {
	FIELD_PATH = 1,
	FIELD_INTERFACE = 2,
	FIELD_MEMBER = 3,
	FIELD_REPLY = 5,
	FIELD_SIGNATURE = 8
};

struct writer {
	uint8_t *data;
	size_t size;
	size_t length; /* beyond size: it did not fit */
};

static void put_byte(struct writer *w, uint8_t byte)
{
	if (w->length < w->size)
		w->data[w->length] = byte;
	w->length++;
}

static void put_align(struct writer *w, size_t to)
{
	while (w->length % to)
		put_byte(w, 0);
}

static void put_u32(struct writer *w, uint32_t value)
{
	put_align(w, 4);
	for (int i = 0; i < 4; i++)
		put_byte(w, (uint8_t)(value >> 8 * i));
}

static void put_bytes(struct writer *w, const char *s, size_t length)
{
	for (size_t i = 0; i < length; i++)
		put_byte(w, (uint8_t)s[i]);
}

static void put_string(struct writer *w, const char *s)
{
	put_u32(w, (uint32_t)strlen(s));
	put_bytes(w, s, strlen(s) + 1);
}

static void put_signature(struct writer *w, const char *s)
{
	put_byte(w, (uint8_t)strlen(s));
	put_bytes(w, s, strlen(s) + 1);
}

static void put_field(struct writer *w, uint8_t code, const char *type, const char *value)
{
	put_align(w, 8);
	put_byte(w, code);
	put_signature(w, type);
	if (*type == 'g')
		put_signature(w, value);
	else
		put_string(w, value);
}

/* The number at @at becomes how much has been written since @start. */
static void patch_length(struct writer *w, size_t at, size_t start)
{
	struct writer there = {w->data, w->size, at};

	put_u32(&there, (uint32_t)(w->length - start));
}

static void put_body(struct writer *w, const struct dbus_call *call)
{
	size_t at = w->length;

	if (call->as_array)
		put_u32(w, 0);
	for (int i = 0; i < 2 && call->arguments[i]; i++)
		put_string(w, call->arguments[i]);
	if (call->as_array)
		patch_length(w, at, at + 4);
}

static const char *signature_of(const struct dbus_call *call)
{
	if (call->as_array)
		return "as";
	return call->arguments[0] ? call->arguments[1] ? "ss" : "s" : "";
}

size_t dbus_call_write(uint8_t *to, size_t size, const struct dbus_call *call)
{
	struct writer w = {to, size, 0};
	size_t body;

	put_bytes(&w, "l\1\0\1", 4); /* little-endian, a call, no flags, protocol version 1 */
	put_u32(&w, 0);              /* the body's length */
	put_u32(&w, call->serial);
	put_u32(&w, 0); /* the fields' length */
	put_field(&w, FIELD_PATH, "o", MANAGER_PATH);
	put_field(&w, FIELD_INTERFACE, "s", call->interface);
	put_field(&w, FIELD_MEMBER, "s", call->member);
	if (call->arguments[0])
		put_field(&w, FIELD_SIGNATURE, "g", signature_of(call));
	patch_length(&w, 12, DBUS_HEAD);
	put_align(&w, 8);
	body = w.length;
	put_body(&w, call);
	patch_length(&w, 4, body);
	return w.length <= size ? w.length : 0;
}

/* Return: where @count bytes are, or NULL. */
static const uint8_t *take(struct dbus_reader *r, size_t count)
{
	const uint8_t *p = r->data + r->at;

	if (r->bad || count > r->length - r->at) {
		r->bad = true;
		return NULL;
	}
	r->at += count;
	return p;
}

void dbus_read_align(struct dbus_reader *r, size_t to)
{
	take(r, (to - r->at % to) % to);
}

static uint32_t u32_at(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t dbus_read_u32(struct dbus_reader *r)
{
	const uint8_t *p;

	dbus_read_align(r, 4);
	p = take(r, 4);
	return p ? u32_at(p) : 0;
}

/* @length and the NUL after it. */
static const char *take_text(struct dbus_reader *r, size_t length)
{
	const char *s = (const char *)take(r, length + 1);

	if (s && strnlen(s, length + 1) == length)
		return s;
	r->bad = true;
	return "";
}

const char *dbus_read_string(struct dbus_reader *r)
{
	uint32_t length = dbus_read_u32(r);

	return take_text(r, length);
}

const char *dbus_read_signature(struct dbus_reader *r)
{
	const uint8_t *length = take(r, 1);

	return length ? take_text(r, *length) : "";
}

size_t dbus_message_size(const uint8_t *head)
{
	uint32_t body = u32_at(head + 4), fields = u32_at(head + 12);

	if (head[0] != 'l' || head[3] != 1 || body > MAX_MESSAGE || fields > MAX_MESSAGE)
		return 0;
	return DBUS_HEAD + ((size_t)fields + 7) / 8 * 8 + body;
}

/* Fields that are none of ours have one of these types too: sender and destination are strings. */
static void take_field(struct dbus_message *m, struct dbus_reader *r)
{
	const uint8_t *code = take(r, 1);
	const char *type = dbus_read_signature(r), *text = "";
	uint32_t number = 0;

	if (r->bad)
		return;
	if (strcmp(type, "s") == 0 || strcmp(type, "o") == 0)
		text = dbus_read_string(r);
	else if (strcmp(type, "g") == 0)
		text = dbus_read_signature(r);
	else if (strcmp(type, "u") == 0)
		number = dbus_read_u32(r);
	else
		r->bad = true;
	if (*code == FIELD_MEMBER)
		m->member = text;
	else if (*code == FIELD_SIGNATURE)
		m->signature = text;
	else if (*code == FIELD_REPLY)
		m->reply_serial = number;
}

bool dbus_message_parse(struct dbus_message *m, const uint8_t *data, size_t length)
{
	struct dbus_reader r = {.data = data, .at = DBUS_HEAD};
	size_t fields;

	*m = (struct dbus_message){.member = "", .signature = ""};
	if (length < DBUS_HEAD || dbus_message_size(data) != length)
		return false;
	m->type = data[1];
	fields = u32_at(data + 12);
	r.length = DBUS_HEAD + fields;
	while (!r.bad && r.at < r.length) {
		dbus_read_align(&r, 8);
		take_field(m, &r);
	}
	if (r.bad)
		return false;
	r.length = (r.length + 7) / 8 * 8;
	m->body = (struct dbus_reader){.data = data + r.length, .length = length - r.length};
	return true;
}
