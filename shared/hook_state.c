/* SPDX-License-Identifier: MIT */
/* The state of a container as OCI's hooks read it. */
#include "hook_state.h"

#include <cjson/cJSON.h>
#include <stddef.h>

#include "vmconfig.h"

/* The version of runtime-spec whose state this is. */
#define OCI_VERSION "1.0.2"

char *hook_state_text(const struct hook_state *s)
{
	cJSON *state = cJSON_CreateObject();
	cJSON *annotations = NULL;
	char *text = NULL;

	if (cJSON_AddStringToObject(state, "ociVersion", OCI_VERSION) &&
	    cJSON_AddStringToObject(state, "id", s->id) &&
	    cJSON_AddStringToObject(state, "status", s->status) &&
	    (!s->pid || cJSON_AddNumberToObject(state, "pid", s->pid)) &&
	    cJSON_AddStringToObject(state, "bundle", s->bundle))
		annotations = cJSON_AddObjectToObject(state, "annotations");
	for (size_t i = 0; annotations && s->annotations && i < s->annotations->count; i++) {
		const struct strpair *pair = &s->annotations->items[i];

		if (!cJSON_AddStringToObject(annotations, pair->name, pair->value))
			annotations = NULL;
	}
	if (annotations)
		text = cJSON_PrintUnformatted(state);
	cJSON_Delete(state);
	return text;
}
