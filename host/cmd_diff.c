/* SPDX-License-Identifier: MIT */
/* `vmconfig diff`: what makes two configs different machines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cleanup.h"
#include "cmd.h"
#include "config_diff.h"
#include "document.h"
#include "elide.h"
#include "error.h"
#include "input.h"
#include "option.h"
#include "output.h"
#include "overrides.h"
#include "printable.h"
#include "request.h"

/* As diff(1) has it: a failure must not look like a difference. */
#define STATUS_DIFFERENT 1
#define STATUS_TROUBLE   2

struct diff {
	bool json;
	bool secrets;
};

static const struct option_row diff_options[] = {
    {"json", 0, NULL, "print a JSON array", option_set_flag, .offset = offsetof(struct diff, json)},
    {"secrets", 0, NULL, "show the values of variables and the contents of files, too",
     option_set_flag, .offset = offsetof(struct diff, secrets)},
    {.name = NULL},
};

static const struct option_group diff_groups[] = {
    {"options", diff_options, 0},
    {.title = NULL},
};

/* One side: the text that `build` would write, its tree, and the tree that may be shown. */
struct side {
	char *text;
	struct json_doc doc;
	cJSON *elided;
};

static void side_release(struct side *side)
{
	cJSON_Delete(side->elided);
	json_release(&side->doc);
	free(side->text);
}

static int parse_side(struct side *side, size_t length)
{
	struct problems problems = {0};
	int r = json_parse(&side->doc, side->text, length, &problems);

	problems_release(&problems);
	if (r == 0)
		side->elided = elided(side->doc.root);
	return r < 0 || !side->elided ? -ENOMEM : 0;
}

static int load(const char *path, struct side *side)
{
	_cleanup_(document_release) struct document d = {0};
	_cleanup_(overrides_release) struct overrides none = {0};
	_cleanup_(request_release) struct request request = {0};
	struct input in = {.incomplete = true};
	size_t length;
	int r = input_detect(path, &in, &d);

	if (r < 0)
		return r;
	r = request_convert(&in, &d, &none, NULL, &request);
	if (r == 0) {
		print_problems(d.name, &d.problems);
		r = problems_result(&d.problems);
		if (r == -EINVAL)
			return r;
	}
	if (r == 0)
		r = request_render(&request, COMPAT_NONE, &side->text, &length);
	if (r == 0)
		r = parse_side(side, length);
	return r == -ENOMEM ? fail_errno(ENOMEM, "%s", path) : r;
}

/* "- POINTER: VALUE", with "+" for the second. */
static int print_value(char sign, const char *pointer, const cJSON *value)
{
	_cleanup_free_ char *json = value ? cJSON_PrintUnformatted(value) : NULL;
	_cleanup_free_ char *shown = json ? printable(json) : NULL;

	if (!value)
		return 0;
	if (!shown)
		return -ENOMEM;
	output("%c %s: %s\n", sign, pointer, shown);
	return 0;
}

static int print_difference(const struct difference *difference)
{
	_cleanup_free_ char *pointer = printable(difference->pointer);
	int r;

	if (!pointer)
		return -ENOMEM;
	if (difference->order) {
		output("! %s: in another order\n", pointer);
		return 0;
	}
	r = print_value('-', pointer, difference->first);
	return r < 0 ? r : print_value('+', pointer, difference->second);
}

static bool add_copy(cJSON *object, const char *key, const cJSON *value)
{
	cJSON *copy = cJSON_Duplicate(value, true);

	if (copy && cJSON_AddItemToObject(object, key, copy))
		return true;
	cJSON_Delete(copy);
	return false;
}

static cJSON *difference_object(const struct difference *difference)
{
	cJSON *o = cJSON_CreateObject();
	bool ok = cJSON_AddStringToObject(o, "pointer", difference->pointer) != NULL;

	if (ok && difference->first)
		ok = add_copy(o, "first", difference->first);
	if (ok && difference->second)
		ok = add_copy(o, "second", difference->second);
	if (ok)
		return o;
	cJSON_Delete(o);
	return NULL;
}

static int print_json(const struct differences *found)
{
	cJSON *array = cJSON_CreateArray();
	_cleanup_free_ char *text = NULL;
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; i < found->count && r == 0; i++) {
		cJSON *o = difference_object(&found->items[i]);

		if (!o || !cJSON_AddItemToArray(array, o))
			r = -ENOMEM;
	}
	if (r == 0)
		text = cJSON_Print(array);
	cJSON_Delete(array);
	if (!text)
		return -ENOMEM;
	output("%s\n", text);
	return 0;
}

static int compare(const struct diff *options, const struct side *first, const struct side *second)
{
	_cleanup_(differences_release) struct differences found = {0};
	struct diff_tree a = {first->doc.root, options->secrets ? first->doc.root : first->elided};
	struct diff_tree b = {second->doc.root,
	                      options->secrets ? second->doc.root : second->elided};
	int r = config_diff(a, b, &found);

	if (r == 0 && options->json)
		r = print_json(&found);
	for (size_t i = 0; r == 0 && !options->json && i < found.count; i++)
		r = print_difference(&found.items[i]);
	if (r < 0)
		return fail_errno(-r, "cannot compare");
	r = output_finish();
	return r < 0 ? r : found.count ? STATUS_DIFFERENT : EXIT_SUCCESS;
}

static int diff(const struct diff *options, char *const paths[2])
{
	_cleanup_(side_release) struct side first = {0};
	_cleanup_(side_release) struct side second = {0};
	int r = load(paths[0], &first);

	if (r == 0)
		r = load(paths[1], &second);
	if (r == 0)
		r = compare(options, &first, &second);
	return r < 0 ? STATUS_TROUBLE : r;
}

static int run_diff(const struct command *self, int argc, char **argv)
{
	struct diff options = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &options, &arguments);

	if (r)
		return r < 0 ? r : EXIT_SUCCESS;
	if (arguments.operand_count != 2 || arguments.command_count)
		return usage_error("'diff' takes two operands");
	return diff(&options, arguments.operands);
}

const struct command cmd_diff = {
    .name = "diff",
    .synopsis = "[options] DISK|FILE|DIR DISK|FILE|DIR",
    .summary = "compare two configs, as they are or as they would be rendered",
    .groups = diff_groups,
    .run = run_diff,
};
