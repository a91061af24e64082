/* SPDX-License-Identifier: MIT */
/* `vmconfig schema`: the JSON Schema of config.json, from the table. */
#include <errno.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "cmd.h"
#include "error.h"
#include "option.h"
#include "output.h"
#include "record.h"
#include "vmconfig.h"

static const struct option_group schema_groups[] = {{.title = NULL}};

/* The document's own keywords, then those of the record, in their order. */
static cJSON *make_schema(void)
{
	cJSON *schema = cJSON_CreateObject();
	cJSON *record = record_schema(&vmconfig_record);
	cJSON *item;

	cJSON_AddStringToObject(schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
	cJSON_AddStringToObject(schema, "$id", "urn:vmconfig:config");
	cJSON_AddStringToObject(schema, "title", "config.json of a vmconfig config disk");
	while (record && (item = cJSON_DetachItemFromArray(record, 0)))
		cJSON_AddItemToObject(schema, item->string, item);
	cJSON_Delete(record);
	return schema;
}

static int run_schema(const struct command *self, int argc, char **argv)
{
	struct arguments arguments;
	cJSON *schema;
	char *text;
	int r = option_parse(self, argc, argv, NULL, &arguments);

	if (r)
		return r < 0 ? r : EXIT_SUCCESS;
	if (arguments.operand_count || arguments.command_count)
		return usage_error("'schema' takes no operand");
	schema = make_schema();
	text = schema ? cJSON_Print(schema) : NULL;
	cJSON_Delete(schema);
	if (!text)
		return fail_errno(ENOMEM, "cannot print the schema");
	output("%s\n", text);
	free(text);
	return output_finish();
}

const struct command cmd_schema = {
    .name = "schema",
    .synopsis = "",
    .summary = "print the JSON Schema of config.json",
    .groups = schema_groups,
    .run = run_schema,
};
