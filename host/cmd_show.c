/* SPDX-License-Identifier: MIT */
/* `vmconfig show`: what a config disk says. */
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
#include "vmconfig.h"

static const struct option_group show_groups[] = {{.title = NULL}};

/* Print what could be decoded, also when a rule is broken: that is when one wants to see it. */
static int print_config(struct document *d)
{
	_cleanup_(vmconfig_release) struct vmconfig cfg = {0};
	_cleanup_free_ char *json = NULL;
	int r = vmconfig_decode(&cfg, &d->json, &d->problems);

	if (r < 0)
		return r;
	r = vmconfig_check(&cfg, &d->json, &d->problems);
	json = vmconfig_encode(&cfg);
	if (!json)
		return -ENOMEM;
	output("%s", json);
	return output_finish() < 0 ? -EIO : r;
}

static int show(const char *path)
{
	_cleanup_(document_release) struct document d = {0};
	int r = input_load_config(path, &d);

	if (r < 0)
		return r;
	r = document_parse(&d);
	if (r == 0)
		r = print_config(&d);
	if (r == -ENOMEM)
		d.problems.out_of_memory = true;
	print_problems(d.name, &d.problems);
	return r;
}

static int run_show(int argc, char **argv)
{
	struct arguments arguments;
	const char *path;
	int r = option_parse(&cmd_show, argc, argv, NULL, &arguments);

	if (r)
		return r < 0 ? r : EXIT_SUCCESS;
	path = option_operand(&cmd_show, &arguments);
	return path ? show(path) : -EX_USAGE;
}

const struct command cmd_show = {
    .name = "show",
    .synopsis = "DISK|JSON",
    .summary = "print the config on a disk, or a config file, as canonical JSON",
    .groups = show_groups,
    .run = run_show,
};
