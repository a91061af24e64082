/* SPDX-License-Identifier: MIT */
/* What a document's tree holds: nodes by JSON pointer (RFC 6901), and integers without loss. */
#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Compare one step of a JSON pointer, where "~1" is "/" and "~0" is "~", with a member name. */
static bool step_equals(const char *step, size_t length, const char *name)
{
	size_t i = 0;

	for (; i < length; i++, name++) {
		char c = step[i];

		if (c == '~' && i + 1 < length)
			c = step[++i] == '1' ? '/' : '~';
		if (*name != c)
			return false;
	}
	return *name == '\0';
}

/* An array index is digits without a leading zero; nothing else counts as one. */
static bool step_is_index(const char *step, size_t length, size_t *index)
{
	*index = 0;
	if (length == 0 || length > 9 || (length > 1 && *step == '0'))
		return false;
	for (; length; step++, length--) {
		if (*step < '0' || *step > '9')
			return false;
		*index = *index * 10 + (size_t)(*step - '0');
	}
	return true;
}

static const cJSON *child_at(const cJSON *node, const char *step, size_t length)
{
	const cJSON *child = node->child;
	size_t index;

	if (cJSON_IsArray(node)) {
		if (!step_is_index(step, length, &index))
			return NULL;
		while (child && index--)
			child = child->next;
		return child;
	}
	if (!cJSON_IsObject(node))
		return NULL;
	while (child && !step_equals(step, length, child->string))
		child = child->next;
	return child;
}

const cJSON *json_find(const struct json_doc *doc, const char *pointer)
{
	const cJSON *node = doc ? doc->root : NULL;

	while (node && *pointer == '/') {
		size_t length = strcspn(++pointer, "/");

		node = child_at(node, pointer, length);
		pointer += length;
	}
	return *pointer ? NULL : node;
}

bool json_is_number(const cJSON *node)
{
	return cJSON_IsRaw(node) || cJSON_IsNumber(node);
}

static bool is_integer_text(const cJSON *node)
{
	const char *s;

	if (!cJSON_IsRaw(node) || !node->valuestring)
		return false;
	s = node->valuestring + (node->valuestring[0] == '-');
	return *s && s[strspn(s, "0123456789")] == '\0';
}

int json_int64(const cJSON *node, int64_t *value)
{
	long long result;

	if (!is_integer_text(node))
		return -EINVAL;
	errno = 0;
	result = strtoll(node->valuestring, NULL, 10);
	if (errno)
		return -ERANGE;
	*value = result;
	return 0;
}

int json_uint64(const cJSON *node, uint64_t *value)
{
	unsigned long long result;

	if (!is_integer_text(node))
		return -EINVAL;
	if (node->valuestring[0] == '-')
		return strtoll(node->valuestring, NULL, 10) == 0 ? (*value = 0, 0) : -ERANGE;
	errno = 0;
	result = strtoull(node->valuestring, NULL, 10);
	if (errno)
		return -ERANGE;
	*value = result;
	return 0;
}
