/* SPDX-License-Identifier: MIT */
/* Where in a document a record is read, and what is complained of there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "record_decode.h"

static int push_bytes(struct decode *d, const char *s, size_t n)
{
	if (d->length + n + 1 > d->room) {
		size_t room = (d->length + n + 1) * 2;
		char *pointer = realloc(d->pointer, room);

		if (!pointer)
			return -ENOMEM;
		d->pointer = pointer;
		d->room = room;
	}
	memcpy(d->pointer + d->length, s, n);
	d->length += n;
	d->pointer[d->length] = '\0';
	return 0;
}

int decode_start(struct decode *d, const char *pointer)
{
	return push_bytes(d, pointer, strlen(pointer));
}

int decode_enter(struct decode *d, const char *key)
{
	int r = push_bytes(d, "/", 1);

	for (; r == 0 && *key; key++) {
		if (*key == '~')
			r = push_bytes(d, "~0", 2);
		else if (*key == '/')
			r = push_bytes(d, "~1", 2);
		else
			r = push_bytes(d, key, 1);
	}
	return r;
}

int decode_enter_index(struct decode *d, size_t index)
{
	char key[24];

	snprintf(key, sizeof(key), "%zu", index);
	return decode_enter(d, key);
}

void decode_leave(struct decode *d, size_t length)
{
	d->length = length;
	d->pointer[length] = '\0';
}

static const char *type_name(const cJSON *node)
{
	if (cJSON_IsString(node))
		return "a string";
	if (cJSON_IsBool(node))
		return "a boolean";
	if (json_is_number(node))
		return "a number";
	if (cJSON_IsArray(node))
		return "an array";
	if (cJSON_IsObject(node))
		return "an object";
	return "null";
}

bool decode_expect(struct decode *d, const cJSON *node, bool ok, const char *wanted)
{
	if (!ok)
		DECODE_PROBLEM(d, SEVERITY_ERROR, "type", node, "is %s, must be %s",
		               type_name(node), wanted);
	return ok;
}
