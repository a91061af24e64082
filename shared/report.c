/* SPDX-License-Identifier: MIT */
/* Lines of the report channel from the guest. */
#include "report.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "contract.h"
#include "report_line.h"

#define FIELD_SIZE(member) sizeof(((struct report_message *)0)->member)

static_assert(3 * (FIELD_SIZE(name) + FIELD_SIZE(error) + FIELD_SIZE(power) + FIELD_SIZE(failure) +
                   FIELD_SIZE(error_name)) +
                      256 <=
                  MAX_REPORT_LINE,
              "each byte of the strings may become a replacement of three");

static const struct {
	const char *name;
	const char *members; /* in their order; one with a "?" is left out when it is empty, or 0 */
} events[] = {
    [REPORT_PHASE] = {"phase", "name us at"},
    [REPORT_STARTED] = {"started", "pid at"},
    [REPORT_NOTICE] = {"notice", "phase text"},
    [REPORT_READY] = {"ready", "state failed? at"},
    [REPORT_STOPPING] = {"stopping", "at"},
    [REPORT_EXIT] = {"exit", "code signal oom stdout stderr at? power? error?"},
    [REPORT_FAILED] = {"failed", "phase error code failure? errno?"},
};

#define EVENT_COUNT (sizeof(events) / sizeof(*events))

enum kind { KIND_EVENT, KIND_STRING, KIND_BOOL, KIND_INT, KIND_INT64, KIND_UINT64 };

#define MEMBER(key, kind, member, max)                                                      \
	{                                                                                   \
		key, kind, offsetof(struct report_message, member), FIELD_SIZE(member), max \
	}

static const struct member {
	char key[8];  /* seven characters and the end */
	uint8_t kind; /* enum kind */
	uint16_t offset;
	uint16_t size;
	int max; /* of KIND_INT */
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
    MEMBER("us", KIND_INT64, us, 0),
    MEMBER("at", KIND_INT64, at_us, 0),
    MEMBER("code", KIND_INT, code, 255),
    MEMBER("signal", KIND_INT, signal, 64),
    MEMBER("oom", KIND_BOOL, oom, 0),
    MEMBER("stdout", KIND_UINT64, out_bytes, 0),
    MEMBER("stderr", KIND_UINT64, err_bytes, 0),
    MEMBER("pid", KIND_INT, pid, 4194304), /* PID_MAX_LIMIT */
};

#define MEMBER_COUNT (sizeof(members) / sizeof(*members))

static const struct member *find_member(const char *key, size_t length)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		if (strncmp(members[i].key, key, length) == 0 && !members[i].key[length])
			return &members[i];
	return NULL;
}

static void put_member(struct line *l, const struct member *member, const void *value)
{
	int64_t n;

	if (member->kind == KIND_STRING) {
		line_put_string(l, member->key, value);
		return;
	}
	if (member->kind == KIND_BOOL) {
		line_put(l, ",\"%s\":%s", member->key, *(const bool *)value ? "true" : "false");
		return;
	}
	n = member->kind == KIND_INT ? *(const int *)value : *(const int64_t *)value;
	line_put(l, member->kind == KIND_UINT64 ? ",\"%s\":%" PRIu64 : ",\"%s\":%" PRId64,
	         member->key, n);
}

/* One that may be left out is a string or 64 bits. */
static bool is_empty(const struct member *member, const void *value)
{
	return member->kind == KIND_STRING ? !*(const char *)value : !*(const int64_t *)value;
}

int report_format(char *line, size_t size, const struct report_message *m)
{
	struct line l = {line, size, 0};

	if (m->event <= REPORT_UNKNOWN || m->event >= EVENT_COUNT)
		return -EINVAL;
	line_put(&l, "{\"event\":\"%s\"", events[m->event].name);
	for (const char *key = events[m->event].members; *key;) {
		size_t length = strcspn(key, " ?");
		const struct member *member = find_member(key, length);
		const void *value = (const char *)m + member->offset;

		if (key[length] != '?' || !is_empty(member, value))
			put_member(&l, member, value);
		key += length + strspn(key + length, " ?");
	}
	return line_finish(&l);
}

static bool take_event(const struct value *v, enum report_event *event)
{
	for (size_t i = REPORT_UNKNOWN + 1; i < EVENT_COUNT; i++)
		if (strcmp(events[i].name, v->text) == 0)
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
		return value_copy(v, to, member->size);
	case KIND_BOOL:
		return value_bool(v, to);
	case KIND_INT:
		if (!value_number(v, (uint64_t)member->max, &n))
			return false;
		*(int *)to = (int)n;
		return true;
	case KIND_INT64:
		return value_number(v, INT64_MAX, to);
	case KIND_UINT64:
		return value_number(v, UINT64_MAX, to);
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
	const struct member *member = find_member(key, strlen(key));
	unsigned bit;

	if (!member)
		return true; /* of a later version */
	bit = 1u << (member - members);
	if (r->seen & bit)
		return false;
	r->seen |= bit;
	return store(member, (char *)r->message + member->offset, v);
}

int report_parse(const char *line, size_t length, struct report_message *m)
{
	struct reading r = {.message = m};
	int result;

	*m = (struct report_message){0};
	result = line_read(line, length, &r, message_member);
	return result == 0 && !(r.seen & 1u) ? -EINVAL : result; /* "event" is the first */
}
