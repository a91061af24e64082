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
#include "record_member.h"

int vmconfig_decode(struct vmconfig *cfg, const struct json_doc *doc, struct problems *p)
{
	int r = record_decode(&vmconfig_record, doc, doc->root, "", cfg, p);

	return r < 0 ? r : problems_result(p);
}

/* The features that @in uses, of its own rows and of those below them, each once. */
static int collect_features(const struct record *rec, const void *in, struct strlist *out)
{
	int r = 0;

	for (const struct field *f = rec->fields; r == 0 && f->key; f++) {
		if (!field_is_set(f, in))
			continue;
		if (f->feature && !strlist_contains(out, f->feature))
			r = strlist_add(out, f->feature);
		if (r == 0 && f->type == FIELD_RECORD)
			r = collect_features(f->record, member_pointer(f, in), out);
		if (f->type != FIELD_RECORDS)
			continue;
		for (size_t i = 0; r == 0 && i < member_count(f, in); i++)
			r = collect_features(
			    f->record, (const char *)member_pointer(f, in) + i * f->record->size,
			    out);
	}
	return r;
}

int vmconfig_seal(struct vmconfig *cfg)
{
	cfg->version = (struct optint){.set = true, .value = CONFIG_VERSION};
	strlist_release(&cfg->requires);
	return collect_features(&vmconfig_record, cfg, &cfg->requires);
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
