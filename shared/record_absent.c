/* SPDX-License-Identifier: MIT */
/* Which values stand for none, and which fields must have one. */
#include "record.h"
#include "record_decode.h"

void decode_warn_of_null(struct decode *d, const cJSON *node)
{
	if (d->not_null)
		DECODE_PROBLEM(d, SEVERITY_WARNING, "quirk-null", node, "null, taken for absent");
}

static bool is_empty(const cJSON *node)
{
	if (cJSON_IsString(node))
		return node->valuestring[0] == '\0';
	return (cJSON_IsArray(node) || cJSON_IsObject(node)) && !node->child;
}

/* Whether @node is of the type of @f and has nothing in it; another type has its own complaint. */
static bool is_empty_value(const struct field *f, const cJSON *node)
{
	switch (f->type) {
	case FIELD_STRING:
	case FIELD_ENUM:
		return cJSON_IsString(node) && is_empty(node);
	case FIELD_STRINGS:
	case FIELD_INTS:
	case FIELD_RECORDS:
		return cJSON_IsArray(node) && is_empty(node);
	case FIELD_MAP:
	case FIELD_NAMES:
		return cJSON_IsObject(node) && is_empty(node);
	default:
		return false;
	}
}

static int complain_empty(struct decode *d, const char *key, const cJSON *node)
{
	size_t length = d->length;
	int r = decode_enter(d, key);

	if (r == 0)
		DECODE_PROBLEM(d, SEVERITY_ERROR, "required", node, "is empty");
	decode_leave(d, length);
	return r;
}

int decode_check_required(struct decode *d, const struct record *rec, const cJSON *node,
                          const void *out)
{
	int r = 0;

	for (const struct field *f = rec->fields; f->key && r == 0; f++) {
		const cJSON *child;

		if (!(f->flags & FIELD_REQUIRED) || field_is_set(f, out))
			continue;
		child = cJSON_GetObjectItemCaseSensitive(node, f->key);
		if (!child || cJSON_IsNull(child))
			DECODE_PROBLEM(d, SEVERITY_ERROR, "required", node, "'%s' is missing",
			               f->key);
		else if (is_empty_value(f, child))
			r = complain_empty(d, f->key, child);
	}
	return r;
}

/* An object of which no member says anything: how Go writes a struct that was never filled. */
static bool says_nothing(const cJSON *node)
{
	const cJSON *child;

	if (!cJSON_IsObject(node))
		return false;
	cJSON_ArrayForEach(child, node)
	{
		if (!cJSON_IsNull(child) && !is_empty(child))
			return false;
	}
	return true;
}

bool decode_is_absent(struct decode *d, const struct field *f, const cJSON *node)
{
	if (cJSON_IsNull(node)) {
		if (!(f->flags & (FIELD_REQUIRED | FIELD_OR_NULL)))
			decode_warn_of_null(d, node);
		return true;
	}
	if (!(f->flags & FIELD_OR_EMPTY) || !says_nothing(node))
		return false;
	DECODE_PROBLEM(d, SEVERITY_WARNING, "quirk-empty", node,
	               "nothing but empty, taken for absent");
	return true;
}
