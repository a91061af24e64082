/* SPDX-License-Identifier: MIT */
/* Fields of OCI documents that mean something and are not honoured. */
#include "not_applied.h"

#include <stdbool.h>
#include <stddef.h>

#include "document.h"

/*
 * Whether a value says nothing: producers written in Go emit objects of empty
 * members for what was never set. A number, 0 included, says something, and so
 * does a member that is an empty object: that is how OCI writes sets.
 */
static bool is_empty(const cJSON *node)
{
	if (cJSON_IsString(node))
		return node->valuestring[0] == '\0';
	if (cJSON_IsArray(node))
		return node->child == NULL;
	return cJSON_IsNull(node) || cJSON_IsFalse(node);
}

static bool says_nothing(const cJSON *node)
{
	const cJSON *child;

	if (!node || !cJSON_IsObject(node))
		return !node || is_empty(node);
	cJSON_ArrayForEach(child, node)
	{
		if (!is_empty(child))
			return false;
	}
	return true;
}

void note_not_applied(struct document *d, const struct not_applied *rows)
{
	for (; rows->pointer; rows++)
		if (!says_nothing(json_find(&d->json, rows->pointer)))
			document_note(d, SEVERITY_WARNING, "not-applied", rows->pointer, "%s",
			              rows->why ? rows->why : "not applied by this version");
}
