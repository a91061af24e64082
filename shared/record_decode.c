/* SPDX-License-Identifier: MIT */
/* JSON object -> struct, row by row. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "list.h"
#include "record.h"
#include "record_decode.h"
#include "record_member.h"
#include "vmconfig.h"

static int decode_object(struct decode *d, const struct record *rec, const cJSON *node, void *out);

static int decode_int(struct decode *d, const struct field *f, const cJSON *node, int64_t *value)
{
	bool bounded = f->min != 0 || f->max != 0;
	int64_t n = 0;
	int r;

	if (!decode_expect(d, node, json_is_number(node), "an integer"))
		return -EINVAL;
	r = json_int64(node, &n);
	if (r == -EINVAL) {
		DECODE_PROBLEM(d, SEVERITY_ERROR, "type", node, "'%s' is not an integer",
		               node->valuestring);
		return r;
	}
	if (r == -ERANGE || (bounded && (n < f->min || n > f->max))) {
		if (bounded)
			DECODE_PROBLEM(d, SEVERITY_ERROR, "range", node,
			               "'%s' is not within %" PRId64 "..%" PRId64,
			               node->valuestring, f->min, f->max);
		else
			DECODE_PROBLEM(d, SEVERITY_ERROR, "range", node,
			               "'%s' does not fit 64 bits", node->valuestring);
		return -ERANGE;
	}
	*value = n;
	return 0;
}

static int decode_uint(struct decode *d, const cJSON *node, struct optuint *out)
{
	int r;

	if (!decode_expect(d, node, json_is_number(node), "an integer"))
		return 0;
	r = json_uint64(node, &out->value);
	out->set = r == 0;
	if (r == -EINVAL)
		DECODE_PROBLEM(d, SEVERITY_ERROR, "type", node, "'%s' is not an integer",
		               node->valuestring);
	else if (r == -ERANGE)
		DECODE_PROBLEM(d, SEVERITY_ERROR, "range", node, "'%s' is not within 0..%" PRIu64,
		               node->valuestring, UINT64_MAX);
	return 0;
}

static void check_format(struct decode *d, const struct format *format, const cJSON *node,
                         const char *value)
{
	const char *complaint = format ? format->complain(value) : NULL;

	if (complaint)
		DECODE_PROBLEM(d, SEVERITY_ERROR, format->name, node, "'%.256s' %s", value,
		               complaint);
}

static int decode_string(struct decode *d, const struct field *f, const cJSON *node, void *out)
{
	char *copy;

	if (!decode_expect(d, node, cJSON_IsString(node), "a string"))
		return 0;
	/* An empty string is how many producers write "not given". */
	if (node->valuestring[0] == '\0')
		return 0;
	check_format(d, f->format, node, node->valuestring);
	copy = strdup(node->valuestring);
	if (!copy)
		return -ENOMEM;
	member_set_pointer(f, out, copy);
	return 0;
}

static int decode_enum(struct decode *d, const struct field *f, const cJSON *node, int *value)
{
	char list[384] = "";

	if (!decode_expect(d, node, cJSON_IsString(node), "a string"))
		return 0;
	if (node->valuestring[0] == '\0') {
		if (d->open && !(f->flags & (FIELD_REQUIRED | FIELD_OR_EMPTY)))
			DECODE_PROBLEM(d, SEVERITY_WARNING, "quirk-empty", node,
			               "empty, taken for absent");
		return 0;
	}
	for (int i = 0; f->values[i]; i++) {
		if (strcmp(f->values[i], node->valuestring) == 0) {
			*value = i + 1;
			return 0;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
		         f->values[i]);
	}
	DECODE_PROBLEM(d, SEVERITY_ERROR, "enum", node, "'%.64s' is none of: %s", node->valuestring,
	               list);
	return 0;
}

static int decode_strings_item(struct decode *d, const struct field *f, const cJSON *node,
                               struct strlist *out)
{
	if (!decode_expect(d, node, cJSON_IsString(node), "a string"))
		return 0;
	check_format(d, f->format, node, node->valuestring);
	return strlist_add(out, node->valuestring);
}

static int decode_ints_item(struct decode *d, const struct field *f, const cJSON *node,
                            struct intlist *out)
{
	int64_t *items = list_grow(out->items, out->count, sizeof(*items));

	if (!items)
		return -ENOMEM;
	out->items = items;
	if (decode_int(d, f, node, &items[out->count]) == 0)
		out->count++;
	return 0;
}

static int decode_records_item(struct decode *d, const struct field *f, const cJSON *node,
                               void *out)
{
	size_t count = member_count(f, out);
	char *items = list_grow(member_pointer(f, out), count, f->record->size);

	if (!items)
		return -ENOMEM;
	member_set_pointer(f, out, items);
	if (f->max && count >= (size_t)f->max) {
		DECODE_PROBLEM(d, SEVERITY_ERROR, "count", node,
		               "there are more than %" PRId64 " entries", f->max);
		return -E2BIG;
	}
	memset(items + count * f->record->size, 0, f->record->size);
	member_set_count(f, out, count + 1);
	return decode_object(d, f->record, node, items + count * f->record->size);
}

static int decode_array(struct decode *d, const struct field *f, const cJSON *node, void *out)
{
	size_t length = d->length, index = 0;
	const cJSON *child;
	int r = 0;

	if ((f->flags & FIELD_OR_STRING) && cJSON_IsString(node))
		return strlist_add(member_at(f, out),
		                   node->valuestring); /* its form is the caller's */
	if (!decode_expect(d, node, cJSON_IsArray(node), "an array"))
		return 0;
	cJSON_ArrayForEach(child, node)
	{
		r = decode_enter_index(d, index++);
		if (r == 0 && f->type == FIELD_STRINGS)
			r = decode_strings_item(d, f, child, member_at(f, out));
		else if (r == 0 && f->type == FIELD_INTS)
			r = decode_ints_item(d, f, child, member_at(f, out));
		else if (r == 0)
			r = decode_records_item(d, f, child, out);
		decode_leave(d, length);
		if (r == -E2BIG)
			return 0; /* said so; the rest is not worth reading */
		if (r < 0)
			return r;
	}
	return 0;
}

static int decode_map(struct decode *d, const struct field *f, const cJSON *node,
                      struct strmap *out)
{
	size_t length = d->length;
	const cJSON *child;
	int r = 0;

	if (!decode_expect(d, node, cJSON_IsObject(node), "an object"))
		return 0;
	cJSON_ArrayForEach(child, node)
	{
		r = decode_enter(d, child->string);
		if (r == 0 && decode_expect(d, child, cJSON_IsString(child), "a string")) {
			check_format(d, f->name_format, child, child->string);
			check_format(d, f->format, child, child->valuestring);
			/* json_parse() has seen to it that each name stands once. */
			r = strmap_append(out, child->string, child->valuestring);
		}
		decode_leave(d, length);
		if (r < 0)
			return r;
	}
	return 0;
}

static int decode_record(struct decode *d, const struct field *f, const cJSON *node, void *out)
{
	void *record = calloc(1, f->record->size);

	if (!record)
		return -ENOMEM;
	member_set_pointer(f, out, record);
	return decode_object(d, f->record, node, record);
}

static int decode_names_item(struct decode *d, const struct field *f, const cJSON *node,
                             struct strlist *out)
{
	void *record = calloc(1, f->record->size);
	int r = 0;

	if (!record)
		return -ENOMEM;
	check_format(d, f->name_format, node, node->string);
	if (cJSON_IsNull(node))
		decode_warn_of_null(d, node); /* an empty object, as everywhere */
	else
		r = decode_object(d, f->record, node, record);
	record_release(f->record, record);
	free(record);
	return r < 0 ? r : strlist_add(out, node->string);
}

static int decode_names(struct decode *d, const struct field *f, const cJSON *node,
                        struct strlist *out)
{
	size_t length = d->length;
	const cJSON *child;

	if (!decode_expect(d, node, cJSON_IsObject(node), "an object"))
		return 0;
	cJSON_ArrayForEach(child, node)
	{
		int r = decode_enter(d, child->string);

		if (r == 0)
			r = decode_names_item(d, f, child, out);
		decode_leave(d, length);
		if (r < 0)
			return r;
	}
	return 0;
}

static int decode_field(struct decode *d, const struct field *f, const cJSON *node, void *out);

/* Decode into a member that is there for this, and is given up. */
static int decode_checked(struct decode *d, const struct field *f, const cJSON *node)
{
	union {
		bool boolean;
		int value;
		struct optint number;
		struct optuint unsigned_number;
		char *string;
		struct strlist strings;
		struct intlist numbers;
		struct strmap map;
		struct {
			void *items;
			size_t count;
		} records;
	} member = {0};
	struct field fields[] = {*f, {.key = NULL}};
	const struct record record = {"checked", sizeof(member), fields, true};
	int r;

	fields[0].flags &= ~(unsigned)FIELD_CHECKED;
	fields[0].offset = 0;
	fields[0].count = sizeof(void *);
	r = decode_field(d, &fields[0], node, &member);
	record_release(&record, &member);
	return r;
}

static int decode_field(struct decode *d, const struct field *f, const cJSON *node, void *out)
{
	void *m = member_at(f, out);
	int r;

	if (f->flags & FIELD_CHECKED)
		return decode_checked(d, f, node);
	switch (f->type) {
	case FIELD_BOOL:
		if (decode_expect(d, node, cJSON_IsBool(node), "true or false"))
			*(bool *)m = cJSON_IsTrue(node);
		return 0;
	case FIELD_INT:
		r = decode_int(d, f, node, &((struct optint *)m)->value);
		((struct optint *)m)->set = r == 0;
		return 0;
	case FIELD_UINT:
		return decode_uint(d, node, m);
	case FIELD_ENUM:
		return decode_enum(d, f, node, m);
	case FIELD_STRING:
		return decode_string(d, f, node, out);
	case FIELD_MAP:
		return decode_map(d, f, node, m);
	case FIELD_NAMES:
		return decode_names(d, f, node, m);
	case FIELD_RECORD:
		return decode_record(d, f, node, out);
	case FIELD_STRINGS:
	case FIELD_INTS:
	case FIELD_RECORDS:
		return decode_array(d, f, node, out);
	}
	return -EINVAL;
}

static const struct field *find_field(const struct record *rec, const char *key)
{
	for (const struct field *f = rec->fields; f->key; f++)
		if (strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

static int decode_object(struct decode *d, const struct record *rec, const cJSON *node, void *out)
{
	size_t length = d->length;
	const cJSON *child;

	if (!decode_expect(d, node, cJSON_IsObject(node), "an object"))
		return 0;
	cJSON_ArrayForEach(child, node)
	{
		const struct field *f = find_field(rec, child->string);
		int r = decode_enter(d, child->string);

		if (r == 0 && f && !decode_is_absent(d, f, child))
			r = decode_field(d, f, child, out);
		else if (r == 0 && !f && !d->open)
			DECODE_PROBLEM(d, SEVERITY_WARNING, "unknown-key", child,
			               "unknown key, ignored");
		decode_leave(d, length);
		if (r < 0)
			return r;
	}
	return decode_check_required(d, rec, node, out);
}

int record_decode(const struct record *rec, const struct json_doc *doc, const cJSON *node,
                  const char *pointer, void *out, struct problems *p)
{
	struct decode d = {
	    .doc = doc,
	    .problems = p,
	    .open = rec->open,
	    .not_null = rec->open == RECORD_OPEN_NOT_NULL,
	};
	int r = decode_start(&d, pointer);

	if (r == 0)
		r = decode_object(&d, rec, node, out);
	free(d.pointer);
	return r;
}
