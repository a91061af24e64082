/* SPDX-License-Identifier: MIT */
/* Struct -> JSON object, row by row. */
#include <inttypes.h>
#include <stdio.h>

#include "record.h"
#include "record_member.h"
#include "vmconfig.h"

/* Numbers go out as text: cJSON would send them through a double. */
static cJSON *encode_int(int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return cJSON_CreateRaw(text);
}

static cJSON *encode_uint(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return cJSON_CreateRaw(text);
}

static cJSON *encode_item(const struct field *f, const void *in, size_t i)
{
	const char *items;

	switch (f->type) {
	case FIELD_STRINGS:
		return cJSON_CreateString(((const struct strlist *)member_of(f, in))->items[i]);
	case FIELD_INTS:
		return encode_int(((const struct intlist *)member_of(f, in))->items[i]);
	default:
		items = member_pointer(f, in);
		return record_encode(f->record, items + i * f->record->size);
	}
}

static size_t item_count(const struct field *f, const void *in)
{
	switch (f->type) {
	case FIELD_STRINGS:
		return ((const struct strlist *)member_of(f, in))->count;
	case FIELD_INTS:
		return ((const struct intlist *)member_of(f, in))->count;
	default:
		return member_count(f, in);
	}
}

static cJSON *encode_array(const struct field *f, const void *in)
{
	cJSON *array = cJSON_CreateArray();
	size_t count = item_count(f, in);

	for (size_t i = 0; array && i < count; i++) {
		cJSON *item = encode_item(f, in, i);

		if (!item || !cJSON_AddItemToArray(array, item)) {
			cJSON_Delete(item);
			cJSON_Delete(array);
			return NULL;
		}
	}
	return array;
}

static cJSON *encode_map(const struct strmap *map)
{
	cJSON *object = cJSON_CreateObject();

	for (size_t i = 0; object && i < map->count; i++) {
		if (!cJSON_AddStringToObject(object, map->items[i].name, map->items[i].value)) {
			cJSON_Delete(object);
			return NULL;
		}
	}
	return object;
}

static cJSON *encode_enum(const struct field *f, int value)
{
	return cJSON_CreateString(value > 0 ? f->values[value - 1] : "");
}

static cJSON *encode_field(const struct field *f, const void *in)
{
	const void *m = member_of(f, in);
	const char *string;

	switch (f->type) {
	case FIELD_BOOL:
		return cJSON_CreateBool(*(const bool *)m);
	case FIELD_INT:
		return encode_int(((const struct optint *)m)->value);
	case FIELD_UINT:
		return encode_uint(((const struct optuint *)m)->value);
	case FIELD_ENUM:
		return encode_enum(f, *(const int *)m);
	case FIELD_STRING:
		string = member_pointer(f, in);
		return cJSON_CreateString(string ? string : "");
	case FIELD_MAP:
		return encode_map(m);
	case FIELD_RECORD:
		return record_encode(f->record, member_pointer(f, in));
	case FIELD_STRINGS:
	case FIELD_INTS:
	case FIELD_RECORDS:
		return encode_array(f, in);
	case FIELD_NAMES:
		break; /* in documents of OCI, which are only read */
	}
	return NULL;
}

cJSON *record_encode(const struct record *rec, const void *in)
{
	cJSON *object = cJSON_CreateObject();

	for (const struct field *f = rec->fields; object && f->key; f++) {
		cJSON *value;

		if (!field_is_set(f, in) && !(f->flags & FIELD_ALWAYS))
			continue;
		value = encode_field(f, in);
		if (!value || !cJSON_AddItemToObjectCS(object, f->key, value)) {
			cJSON_Delete(value);
			cJSON_Delete(object);
			return NULL;
		}
	}
	return object;
}
