/* SPDX-License-Identifier: MIT */
/* The state of the workload as OCI's hooks read it. */
#include "oci_state.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* The version of runtime-spec whose state this is. */
#define OCI_VERSION "1.0.2"

char *oci_state(const struct vmconfig *cfg, pid_t pid)
{
	const char *id = cfg->hostname && *cfg->hostname ? cfg->hostname : "vmconfig";
	cJSON *state = cJSON_CreateObject();
	cJSON *annotations;
	char *text = NULL;
	bool ok = cJSON_AddStringToObject(state, "ociVersion", OCI_VERSION) &&
	          cJSON_AddStringToObject(state, "id", id) &&
	          cJSON_AddStringToObject(state, "status", "created") &&
	          cJSON_AddNumberToObject(state, "pid", pid) &&
	          cJSON_AddStringToObject(state, "bundle", "/");

	annotations = ok ? cJSON_AddObjectToObject(state, "annotations") : NULL;
	for (size_t i = 0; annotations && i < cfg->annotations.count; i++) {
		const struct strpair *pair = &cfg->annotations.items[i];

		if (!cJSON_AddStringToObject(annotations, pair->name, pair->value))
			annotations = NULL;
	}
	if (annotations)
		text = cJSON_PrintUnformatted(state);
	cJSON_Delete(state);
	return text;
}
