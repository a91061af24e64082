/* SPDX-License-Identifier: MIT */
/* `vmconfig explain`: what becomes of each field of a document. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cleanup.h"
#include "cmd.h"
#include "document.h"
#include "error.h"
#include "explain.h"
#include "input.h"
#include "option.h"
#include "output.h"
#include "overrides.h"
#include "printable.h"
#include "request.h"

/* Characters of a column of the table; what is longer is cut, but never a pointer. */
#define VALUE_WIDTH   28
#define POINTER_WIDTH 40

struct explain {
	bool json;
	bool list;
};

static const struct option_row explain_options[] = {
    {"json", 0, NULL, "print a JSON array", option_set_flag,
     .offset = offsetof(struct explain, json)},
    {"list", 0, NULL, "no operand: print every field of OCI that is known", option_set_flag,
     .offset = offsetof(struct explain, list)},
    {.name = NULL},
};

static const struct option_group explain_groups[] = {
    {"options", explain_options, 0},
    {.title = NULL},
};

/* How many characters of UTF-8 stand in @text. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

/* Where the first @width characters end. */
static size_t cut(const char *text, size_t width)
{
	size_t n = 0;

	while (text[n] && (width || ((unsigned char)text[n] & 0xc0) == 0x80))
		width -= ((unsigned char)text[n++] & 0xc0) != 0x80;
	return n;
}

static void print_column(const char *text, size_t width)
{
	size_t is = width_of(text);

	output("%s%*s  ", text, is < width ? (int)(width - is) : 0, "");
}

static int print_line(const struct explained *item)
{
	_cleanup_free_ char *json = cJSON_PrintUnformatted(item->value);
	_cleanup_free_ char *pointer = printable(item->pointer);
	_cleanup_free_ char *value = json ? printable(json) : NULL;
	_cleanup_free_ char *why = printable(item->why);

	if (!pointer || !value || !why)
		return -ENOMEM;
	print_column(pointer, POINTER_WIDTH);
	if (width_of(value) > VALUE_WIDTH)
		strcpy(value + cut(value, VALUE_WIDTH - 3), "...");
	print_column(value, VALUE_WIDTH);
	print_column(oci_place_name(item->place), 11);
	output("%s\n", why);
	return 0;
}

static int print_table(const struct explanation *e)
{
	int r = 0;

	for (size_t i = 0; i < e->count && r == 0; i++)
		r = print_line(&e->items[i]);
	return r;
}

static int print_array(cJSON *array)
{
	_cleanup_free_ char *text = cJSON_Print(array);

	if (!text)
		return -ENOMEM;
	output("%s\n", text);
	return 0;
}

static cJSON *item_object(struct explained *item)
{
	cJSON *o = cJSON_CreateObject();

	if (cJSON_AddStringToObject(o, "pointer", item->pointer) &&
	    cJSON_AddItemToObject(o, "value", item->value)) {
		item->value = NULL;
		if (cJSON_AddStringToObject(o, "place", oci_place_name(item->place)) &&
		    cJSON_AddStringToObject(o, "why", item->why))
			return o;
	}
	cJSON_Delete(o);
	return NULL;
}

static int print_json(struct explanation *e)
{
	cJSON *array = cJSON_CreateArray();
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; i < e->count && r == 0; i++)
		if (!cJSON_AddItemToArray(array, item_object(&e->items[i])))
			r = -ENOMEM;
	if (r == 0)
		r = print_array(array);
	cJSON_Delete(array);
	return r;
}

static int explain_document(const struct explain *options, const struct input *in,
                            struct document *d)
{
	_cleanup_(overrides_release) struct overrides none = {0};
	_cleanup_(request_release) struct request request = {0};
	_cleanup_(explanation_release) struct explanation e = {0};
	int r = request_convert(in, d, &none, NULL, &request);

	if (r == 0 && !d->json.root) {
		print_problems(d->name, &d->problems);
		return problems_result(&d->problems);
	}
	if (r == 0)
		r = explain(in, d, &e);
	if (r == 0)
		r = options->json ? print_json(&e) : print_table(&e);
	return r < 0 ? fail_errno(-r, "%s", d->name) : output_finish();
}

static int explain_path(const struct explain *options, const char *path)
{
	_cleanup_(document_release) struct document d = {0};
	struct input in = {0};
	int r = input_detect(path, &in, &d);

	return r < 0 ? r : explain_document(options, &in, &d);
}

static cJSON *row_object(const char *kind, const struct oci_row *row)
{
	cJSON *o = cJSON_CreateObject();

	if (cJSON_AddStringToObject(o, "document", kind) &&
	    cJSON_AddStringToObject(o, "pointer", row->pattern) &&
	    cJSON_AddStringToObject(o, "place", oci_place_name(row->place)) &&
	    cJSON_AddStringToObject(o, "why", row->why) &&
	    cJSON_AddBoolToObject(o, "warns", row->warns))
		return o;
	cJSON_Delete(o);
	return NULL;
}

static int list_json(void)
{
	cJSON *array = cJSON_CreateArray();
	int r = array ? 0 : -ENOMEM;

	for (const struct explained_kind *kind = explained_kinds; kind->name; kind++)
		for (const struct oci_row *row = kind->rows; row->pattern && r == 0; row++)
			if (!cJSON_AddItemToArray(array, row_object(kind->name, row)))
				r = -ENOMEM;
	if (r == 0)
		r = print_array(array);
	cJSON_Delete(array);
	return r;
}

static void list_table(void)
{
	for (const struct explained_kind *kind = explained_kinds; kind->name; kind++)
		for (const struct oci_row *row = kind->rows; row->pattern; row++) {
			print_column(kind->name, 14);
			print_column(row->pattern, POINTER_WIDTH);
			print_column(oci_place_name(row->place), 11);
			output("%s\n", row->why);
		}
}

static int list_fields(const struct explain *options)
{
	if (!options->json)
		list_table();
	else if (list_json() < 0)
		return fail_errno(ENOMEM, "cannot print the fields");
	return output_finish();
}

static int run_explain(const struct command *self, int argc, char **argv)
{
	struct explain options = {0};
	struct arguments arguments;
	const char *path;
	int r = option_parse(self, argc, argv, &options, &arguments);

	if (r)
		return r < 0 ? r : EXIT_SUCCESS;
	if (options.list && arguments.operand_count + arguments.command_count)
		return usage_error("'--list' takes no operand");
	if (options.list)
		return list_fields(&options);
	path = option_operand(self, &arguments);
	return path ? explain_path(&options, path) : -EX_USAGE;
}

const struct command cmd_explain = {
    .name = "explain",
    .synopsis = "[options] FILE|DIR",
    .summary = "say of each field in a document where it goes and why",
    .groups = explain_groups,
    .run = run_explain,
};
