/* SPDX-License-Identifier: MIT */
/* `vmconfig check`: every problem in a document, not only the first. */
#include <errno.h>
#include <stdlib.h>
#include <sysexits.h>

#include "cleanup.h"
#include "cmd.h"
#include "document.h"
#include "error.h"
#include "input.h"
#include "option.h"
#include "output.h"
#include "overrides.h"
#include "request.h"
#include "rules.h"

struct check {
	struct input input;
	bool json;
	bool rules;
};

static const struct option_row check_options[] = {
    {"json", 0, NULL, "print the problems as a JSON array on standard output", option_set_flag,
     .offset = offsetof(struct check, json)},
    {"rules", 0, NULL, "list the rules instead, one a line", option_set_flag,
     .offset = offsetof(struct check, rules)},
    {.name = NULL},
};

static const struct option_group check_groups[] = {
    {"reading", reading_options, offsetof(struct check, input)},
    {"output", check_options, 0},
    {.title = NULL},
};

static cJSON *problem_object(const struct problem *problem)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "pointer", problem->pointer);
	cJSON_AddNumberToObject(o, "line", problem->line);
	cJSON_AddNumberToObject(o, "column", problem->column);
	cJSON_AddStringToObject(o, "severity",
	                        problem->severity == SEVERITY_ERROR ? "error" : "warning");
	cJSON_AddStringToObject(o, "rule", problem->rule);
	cJSON_AddStringToObject(o, "message", problem->message);
	return o;
}

static int print_json(const struct problems *p)
{
	cJSON *array = cJSON_CreateArray();
	char *text;

	for (size_t i = 0; i < p->count; i++)
		cJSON_AddItemToArray(array, problem_object(&p->items[i]));
	text = array ? cJSON_Print(array) : NULL;
	cJSON_Delete(array);
	if (!text)
		return fail_errno(ENOMEM, "cannot print the problems");
	output("%s\n", text);
	free(text);
	return output_finish();
}

static int report(const struct check *c, struct document *d)
{
	if (c->input.strict)
		problems_be_strict(&d->problems);
	if (c->json && print_json(&d->problems) < 0)
		return -EIO;
	if (!c->json)
		print_problems(d->name, &d->problems);
	return problems_result(&d->problems);
}

static int check(struct check *c, const char *path)
{
	_cleanup_(document_release) struct document d = {0};
	_cleanup_(overrides_release) struct overrides none = {0};
	_cleanup_(request_release) struct request request = {0};
	int r = input_detect(path, &c->input, &d);

	if (r < 0)
		return r;
	c->input.incomplete = true;
	r = request_convert(&c->input, &d, &none, NULL, &request);
	if (r < 0)
		return fail_errno(-r, "%s", d.name);
	return report(c, &d);
}

static int print_rules(void)
{
	for (const struct rule *rule = rules; rule->name; rule++)
		output("%s\t%s\n", rule->name, rule->doc);
	return output_finish();
}

static int run_check(int argc, char **argv)
{
	struct check c = {0};
	struct arguments arguments;
	const char *path;
	int r = option_parse(&cmd_check, argc, argv, &c, &arguments);

	if (r)
		return r < 0 ? r : EXIT_SUCCESS;
	if (c.rules)
		return print_rules();
	path = option_operand(&cmd_check, &arguments);
	return path ? check(&c, path) : -EX_USAGE;
}

const struct command cmd_check = {
    .name = "check",
    .synopsis = "[options] FILE|DIR",
    .summary = "find every problem in an OCI bundle, image layout or config, or in a vmconfig one",
    .groups = check_groups,
    .run = run_check,
};
