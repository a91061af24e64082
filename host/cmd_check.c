/* SPDX-License-Identifier: MIT */
/* `vmconfig check`: every problem in a document or a layout, not only the first. */
#include <errno.h>
#include <stdlib.h>
#include <sysexits.h>

#include "cleanup.h"
#include "cmd.h"
#include "document.h"
#include "error.h"
#include "findings.h"
#include "input.h"
#include "layout_check.h"
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

static int report(const struct check *c, struct findings *f)
{
	if (c->input.strict)
		findings_be_strict(f);
	if (c->json && findings_print_json(f) < 0)
		return -EIO;
	if (!c->json)
		findings_print(f);
	return findings_result(f);
}

/* Everything in a layout, not only the image that would be taken. */
static int check_layout(const struct check *c)
{
	_cleanup_(findings_release) struct findings findings = {0};
	int r = layout_check(c->input.argument, &findings);

	return r < 0 ? r : report(c, &findings);
}

static int check_document(struct check *c, struct document *d)
{
	_cleanup_(findings_release) struct findings findings = {0};
	_cleanup_(overrides_release) struct overrides none = {0};
	_cleanup_(request_release) struct request request = {0};
	size_t place;
	int r;

	c->input.incomplete = true;
	r = request_convert(&c->input, d, &none, NULL, &request);
	if (r == 0)
		r = findings_place(&findings, &place);
	if (r == 0)
		r = findings_take(&findings, place, d);
	if (r < 0)
		return fail_errno(-r, "%s", d->name);
	return report(c, &findings);
}

static int check(struct check *c, const char *path)
{
	_cleanup_(document_release) struct document d = {0};
	int r = input_detect_directory(path, &c->input);

	if (r < 0)
		return r;
	if (c->input.kind == INPUT_IMAGE)
		return check_layout(c);
	r = input_detect(path, &c->input, &d);
	return r < 0 ? r : check_document(c, &d);
}

static int print_rules(void)
{
	for (const struct rule *rule = rules; rule->name; rule++)
		output("%s\t%s\n", rule->name, rule->doc);
	return output_finish();
}

static int run_check(const struct command *self, int argc, char **argv)
{
	struct check c = {0};
	struct arguments arguments;
	const char *path;
	int r = option_parse(self, argc, argv, &c, &arguments);

	if (r)
		return r < 0 ? r : EXIT_SUCCESS;
	if (c.rules)
		return print_rules();
	path = option_operand(self, &arguments);
	return path ? check(&c, path) : -EX_USAGE;
}

const struct command cmd_check = {
    .name = "check",
    .synopsis = "[options] FILE|DIR",
    .summary = "find every problem in an OCI bundle, image layout or config, or in a vmconfig one",
    .groups = check_groups,
    .run = run_check,
};
