/* SPDX-License-Identifier: MIT */
/*
 * D-Bus messages, as much of them as two questions to systemd need: marshalled
 * little-endian, without a heap. D-Bus Specification, "Message Protocol".
 */
#ifndef VMCONFIG_DBUS_MESSAGE_H
#define VMCONFIG_DBUS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dbus_type { DBUS_CALL = 1, DBUS_RETURN = 2, DBUS_ERROR = 3, DBUS_SIGNAL = 4 };

/* A call on systemd's manager object, with strings as arguments. */
struct dbus_call {
	uint32_t serial; /* not 0 */
	const char *interface;
	const char *member;
	const char *arguments[2]; /* ended by NULL */
	bool as_array;            /* one argument that is a list of them */
};

/* dbus_call_write() - Return: its bytes, or 0 when @size is too small. */
size_t dbus_call_write(uint8_t *to, size_t size, const struct dbus_call *call);

/* Reading on from @at; an error shows at the end in @bad, and strings are "" then. */
struct dbus_reader {
	const uint8_t *data;
	size_t length;
	size_t at;
	bool bad;
};

struct dbus_message {
	enum dbus_type type;
	uint32_t reply_serial; /* 0: none */
	const char *member;    /* "" when there is none; these point into the bytes */
	const char *signature;
	struct dbus_reader body;
};

/* What dbus_message_size() looks at. */
#define DBUS_HEAD 16

/*
 * dbus_message_size() - of the message that begins with these DBUS_HEAD bytes.
 * Return: 0 when it is none, or not little-endian.
 */
size_t dbus_message_size(const uint8_t *head);

/* dbus_message_parse() - @data has the whole message. Return: whether it is one. */
bool dbus_message_parse(struct dbus_message *m, const uint8_t *data, size_t length);

uint32_t dbus_read_u32(struct dbus_reader *r);
const char *dbus_read_string(struct dbus_reader *r);    /* types s and o */
const char *dbus_read_signature(struct dbus_reader *r); /* type g, and a variant's */
void dbus_read_align(struct dbus_reader *r, size_t to); /* before a struct: 8 */

#endif
