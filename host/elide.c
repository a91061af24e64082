/* SPDX-License-Identifier: MIT */
/* Values without what may be secret, told by the names of the members. */
#include "elide.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

#define ELLIPSIS "\xe2\x80\xa6"

static const struct {
	const char *key;
	bool names; /* a list of NAME=VALUE or an object: the names are no secret */
} secrets[] = {
    {"env", true},    {"Env", true},      {"content", false}, {"content_base64", false},
    {"nonce", false}, {"entropy", false},
};

static bool set_string(cJSON *node, const char *text)
{
	return cJSON_SetValuestring(node, text) != NULL;
}

/* "NAME=VALUE" becomes "NAME=…"; without "=" all of it may be a secret. */
static bool elide_variable(cJSON *node)
{
	const char *text = node->valuestring;
	const char *end = strchr(text, '=');
	_cleanup_free_ char *name = NULL;

	if (!end || node->string)
		return set_string(node, ELLIPSIS);
	if (asprintf(&name, "%.*s=" ELLIPSIS, (int)(end - text), text) < 0) {
		name = NULL;
		return false;
	}
	return set_string(node, name);
}

/* All strings at @node and below. */
static bool elide_all(cJSON *node, bool names)
{
	cJSON *child;

	if (cJSON_IsString(node))
		return names ? elide_variable(node) : set_string(node, ELLIPSIS);
	cJSON_ArrayForEach(child, node)
	{
		if (!elide_all(child, names))
			return false;
	}
	return true;
}

static bool elide_secrets(cJSON *node)
{
	cJSON *child;

	for (size_t i = 0; node->string && i < sizeof(secrets) / sizeof(*secrets); i++)
		if (strcmp(node->string, secrets[i].key) == 0)
			return elide_all(node, secrets[i].names);
	cJSON_ArrayForEach(child, node)
	{
		if (!elide_secrets(child))
			return false;
	}
	return true;
}

cJSON *elided(const cJSON *node)
{
	cJSON *copy = cJSON_Duplicate(node, true);

	if (copy && !elide_secrets(copy)) {
		cJSON_Delete(copy);
		return NULL;
	}
	return copy;
}
