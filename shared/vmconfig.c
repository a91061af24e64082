/* SPDX-License-Identifier: MIT */
/* struct vmconfig as a whole: reading, sealing, writing, releasing. */
#include "vmconfig.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "json.h"
#include "list.h"
#include "record.h"

int vmconfig_decode(struct vmconfig *cfg, const struct json_doc *doc, struct problems *p)
{
	int r = record_decode(&vmconfig_record, doc, doc->root, "", cfg, p);

	return r < 0 ? r : problems_result(p);
}

int vmconfig_seal(struct vmconfig *cfg)
{
	cfg->version = (struct optint){.set = true, .value = CONFIG_VERSION};
	strlist_release(&cfg->requires);
	for (const struct field *f = vmconfig_record.fields; f->key; f++) {
		int r;

		if (!f->feature || !field_is_set(f, cfg))
			continue;
		r = strlist_add(&cfg->requires, f->feature);
		if (r < 0)
			return r;
	}
	return 0;
}

char *vmconfig_encode(const struct vmconfig *cfg)
{
	cJSON *object = record_encode(&vmconfig_record, cfg);
	char *printed = object ? cJSON_PrintUnformatted(object) : NULL;
	size_t length;
	char *text;

	cJSON_Delete(object);
	if (!printed)
		return NULL;
	length = strlen(printed);
	text = realloc(printed, length + 2);
	if (!text) {
		free(printed);
		return NULL;
	}
	text[length] = '\n';
	text[length + 1] = '\0';
	return text;
}

void vmconfig_release(struct vmconfig *cfg)
{
	record_release(&vmconfig_record, cfg);
}
