/* SPDX-License-Identifier: MIT */
/* `vmconfig show`: what a config disk says. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cleanup.h"
#include "cmd.h"
#include "document.h"
#include "elide.h"
#include "error.h"
#include "input.h"
#include "option.h"
#include "output.h"
#include "places.h"
#include "vmconfig.h"

struct show {
	bool elide;
};

static const struct option_row show_options[] = {
    {"elide-secrets", 0, NULL, "leave out values of variables and contents of files",
     option_set_flag, .offset = offsetof(struct show, elide)},
    {.name = NULL},
};

static const struct option_group show_groups[] = {
    {"output", show_options, 0},
    {.title = NULL},
};

/* The canonical text, as it is or for others to read. For free(), NULL when out of memory. */
static char *text_of(const struct vmconfig *cfg, bool elide)
{
	_cleanup_free_ char *json = vmconfig_encode(cfg);
	struct problems none = {0};
	struct json_doc doc;
	cJSON *copy = NULL;
	char *text = NULL;

	if (!json || !elide)
		return steal_ptr(&json);
	if (json_parse(&doc, json, strlen(json), &none) == 0) {
		copy = elided(doc.root);
		text = copy ? cJSON_PrintUnformatted(copy) : NULL;
		cJSON_Delete(copy);
		json_release(&doc);
	}
	problems_release(&none);
	return text;
}

/* Print what could be decoded, also when a rule is broken: that is when one wants to see it. */
static int print_config(const struct show *options, struct document *d)
{
	_cleanup_(vmconfig_release) struct vmconfig cfg = {0};
	_cleanup_free_ char *json = NULL;
	int r = vmconfig_decode(&cfg, &d->json, &d->problems);

	if (r < 0)
		return r;
	r = config_check(&cfg, &d->json, &d->problems);
	json = text_of(&cfg, options->elide);
	if (!json)
		return -ENOMEM;
	output("%s%s", json, options->elide ? "\n" : "");
	return output_finish() < 0 ? -EIO : r;
}

static int show(const struct show *options, const char *path)
{
	_cleanup_(document_release) struct document d = {0};
	int r = input_load_config(path, &d);

	if (r < 0)
		return r;
	r = document_parse(&d);
	if (r == 0)
		r = print_config(options, &d);
	if (r == -ENOMEM)
		d.problems.out_of_memory = true;
	print_problems(d.name, &d.problems);
	return r;
}

static int run_show(const struct command *self, int argc, char **argv)
{
	struct show options = {0};
	struct arguments arguments;
	const char *path;
	int r = option_parse(self, argc, argv, &options, &arguments);

	if (r)
		return r < 0 ? r : EXIT_SUCCESS;
	path = option_operand(self, &arguments);
	return path ? show(&options, path) : -EX_USAGE;
}

const struct command cmd_show = {
    .name = "show",
    .synopsis = "[options] DISK|JSON",
    .summary = "print the config on a disk, or a config file, as canonical JSON",
    .groups = show_groups,
    .run = run_show,
};
