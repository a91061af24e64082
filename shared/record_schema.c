/* SPDX-License-Identifier: MIT */
/* The table -> JSON Schema. */
#include <inttypes.h>
#include <stdio.h>

#include "record.h"

static bool add(cJSON *to, const char *key, cJSON *value)
{
	if (!value)
		return false;
	if (!cJSON_AddItemToObject(to, key, value)) {
		cJSON_Delete(value);
		return false;
	}
	return true;
}

static bool add_string(cJSON *to, const char *key, const char *value)
{
	return add(to, key, cJSON_CreateString(value));
}

static bool add_int(cJSON *to, const char *key, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return add(to, key, cJSON_CreateRaw(text));
}

static bool add_format(cJSON *to, const struct format *format)
{
	return !format || !format->pattern || add_string(to, "pattern", format->pattern);
}

static cJSON *schema_with(const char *key, const char *value)
{
	cJSON *s = cJSON_CreateObject();

	if (s && !add_string(s, key, value)) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}

static cJSON *schema_string(const struct field *f)
{
	cJSON *s = cJSON_CreateObject();

	if (!s || !add_string(s, "type", "string") || !add_format(s, f->format) ||
	    (f->type == FIELD_STRING && (f->flags & FIELD_REQUIRED) &&
	     !add_int(s, "minLength", 1))) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}

static cJSON *schema_int(const struct field *f)
{
	cJSON *s = cJSON_CreateObject();
	bool bounded = f->min != 0 || f->max != 0;

	if (!s || !add_string(s, "type", "integer") ||
	    (bounded && (!add_int(s, "minimum", f->min) || !add_int(s, "maximum", f->max)))) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}

static cJSON *schema_uint(void)
{
	cJSON *s = schema_with("type", "integer");

	if (!s || !add_int(s, "minimum", 0) ||
	    !add(s, "maximum", cJSON_CreateRaw("18446744073709551615"))) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}

static bool add_item(cJSON *to, cJSON *value)
{
	if (!value)
		return false;
	if (!cJSON_AddItemToArray(to, value)) {
		cJSON_Delete(value);
		return false;
	}
	return true;
}

static cJSON *schema_enum(const struct field *f)
{
	cJSON *s = cJSON_CreateObject();
	cJSON *values = cJSON_AddArrayToObject(s, "enum");
	bool ok = values != NULL;

	for (int i = 0; ok && f->values[i]; i++)
		ok = add_item(values, cJSON_CreateString(f->values[i]));
	/* The seed schema's host writes "" for what it leaves to the guest. */
	if (!ok || !add_item(values, cJSON_CreateString(""))) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}

static cJSON *schema_list(const struct field *f, cJSON *items)
{
	cJSON *s = cJSON_CreateObject();
	bool required = f->flags & FIELD_REQUIRED;
	int64_t most = f->type == FIELD_RECORDS ? f->max : 0;

	if (!s || !items || !add_string(s, "type", "array")) {
		cJSON_Delete(items);
		cJSON_Delete(s);
		return NULL;
	}
	if (!add(s, "items", items) || (required && !add_int(s, "minItems", 1)) ||
	    (most && !add_int(s, "maxItems", most))) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}

static bool add_names(cJSON *to, const struct format *format)
{
	if (!format || !format->pattern)
		return true;
	return add_format(cJSON_AddObjectToObject(to, "propertyNames"), format);
}

static cJSON *schema_map(const struct field *f)
{
	cJSON *s = cJSON_CreateObject();

	if (!s || !add_string(s, "type", "object") || !add_names(s, f->name_format) ||
	    !add(s, "additionalProperties", schema_string(f))) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}

static cJSON *schema_value(const struct field *f)
{
	switch (f->type) {
	case FIELD_BOOL:
		return schema_with("type", "boolean");
	case FIELD_INT:
		return schema_int(f);
	case FIELD_UINT:
		return schema_uint();
	case FIELD_INTS:
		return schema_list(f, schema_int(f));
	case FIELD_ENUM:
		return schema_enum(f);
	case FIELD_STRING:
		return schema_string(f);
	case FIELD_STRINGS:
		return schema_list(f, schema_string(f));
	case FIELD_MAP:
		return schema_map(f);
	case FIELD_RECORD:
		return record_schema(f->record);
	case FIELD_RECORDS:
		return schema_list(f, record_schema(f->record));
	case FIELD_NAMES:
		break; /* in documents of OCI, which are only read */
	}
	return NULL;
}

/* null stands for "not given" wherever a field may be left out. */
static cJSON *schema_field(const struct field *f)
{
	/* An empty string is "not given" too, whatever the form asks of a given one. */
	bool empty = f->type == FIELD_STRING && f->format;
	cJSON *value = schema_value(f);
	cJSON *s, *any;

	if (!value || (f->doc && !add_string(value, "description", f->doc))) {
		cJSON_Delete(value);
		return NULL;
	}
	if (f->flags & FIELD_REQUIRED)
		return value;
	s = cJSON_CreateObject();
	any = cJSON_AddArrayToObject(s, "anyOf");
	if (!any) {
		cJSON_Delete(value);
		cJSON_Delete(s);
		return NULL;
	}
	if (!add_item(any, value) || (empty && !add_item(any, schema_with("const", ""))) ||
	    !add_item(any, schema_with("type", "null"))) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}

static bool add_properties(cJSON *to, const struct record *rec)
{
	cJSON *properties = cJSON_AddObjectToObject(to, "properties");

	for (const struct field *f = rec->fields; properties && f->key; f++)
		if (!add(properties, f->key, schema_field(f)))
			return false;
	return properties != NULL;
}

static bool add_required(cJSON *to, const struct record *rec)
{
	cJSON *required = NULL;

	for (const struct field *f = rec->fields; f->key; f++) {
		if (!(f->flags & FIELD_REQUIRED))
			continue;
		if (!required)
			required = cJSON_AddArrayToObject(to, "required");
		if (!required || !add_item(required, cJSON_CreateString(f->key)))
			return false;
	}
	return true;
}

cJSON *record_schema(const struct record *rec)
{
	cJSON *s = cJSON_CreateObject();

	if (!s || !add_string(s, "type", "object") || !add_properties(s, rec) ||
	    !add_required(s, rec)) {
		cJSON_Delete(s);
		return NULL;
	}
	return s;
}
