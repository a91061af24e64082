/* SPDX-License-Identifier: MIT */
/* `vmconfig build`: INPUT and overrides -> config disk. */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cmd.h"
#include "disk.h"
#include "error.h"
#include "form_option.h"
#include "input.h"
#include "option.h"
#include "overrides.h"
#include "request.h"

struct build {
	struct input input;
	struct overrides overrides;
	char *output;
	enum disk_form form;
	enum compat compat;
};

static int set_compat(const struct option_row *row, void *member, const char *value)
{
	if (strcmp(value, "seed") != 0)
		return option_error(row, "'%s' is none of: seed", value);
	*(enum compat *)member = COMPAT_SEED;
	return 0;
}

static const struct option_row build_options[] = {
    {"output", 'o', "DISK", "the config disk to write", option_set_string,
     offsetof(struct build, output), .flags = OPTION_FILE},
    {"compat", 0, "SCHEMA", "seed: only what the seed schema's own guest understands", set_compat,
     offsetof(struct build, compat), .flags = 0},
    {.name = NULL},
};

static const struct option_group build_groups[] = {
    {"INPUT, one of", input_options, offsetof(struct build, input)},
    {"reading", reading_options, offsetof(struct build, input)},
    {"overrides", override_options, offsetof(struct build, overrides)},
    {"output", build_options, 0},
    {"config disk", form_options, offsetof(struct build, form)},
    {.title = NULL},
};

static int write_disk(struct build *b)
{
	_cleanup_(request_release) struct request request = {0};
	_cleanup_free_ char *json = NULL;
	size_t length;
	int r;

	if (!b->output || !*b->output)
		return usage_error("'build' needs -o DISK");
	r = request_make(&b->input, &b->overrides, NULL, &request);
	if (r == 0)
		r = request_render(&request, b->compat, &json, &length);
	if (r == 0)
		r = disk_write(b->output, b->form, json, length);
	return r;
}

static int run_build(const struct command *self, int argc, char **argv)
{
	struct build b = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &b, &arguments);

	if (r == 0)
		r = overrides_finish(&b.overrides, &arguments);
	if (r == 0)
		r = write_disk(&b);
	overrides_release(&b.overrides);
	free(b.output);
	return r < 0 ? r : EXIT_SUCCESS;
}

const struct command cmd_build = {
    .name = "build",
    .synopsis = "INPUT [overrides] -o DISK [-- CMD...]",
    .summary = "render a config disk",
    .groups = build_groups,
    .run = run_build,
};
