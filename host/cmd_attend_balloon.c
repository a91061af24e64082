/* SPDX-License-Identifier: MIT */
/* `vmconfig attend-balloon`: what microvm-balloon executes. */
#include <stdlib.h>

#include "cmd.h"
#include "error.h"
#include "option.h"
#include "output.h"
#include "vmm_balloon.h"
#include "vmm_kind.h"

#define MAX_MIB (1LL << 32)

struct cmd_balloon {
	const struct vmm_kind *kind;
	char *program;
	char *name;
};

static int set_kind(const struct option_row *row, void *member, const char *value)
{
	const struct vmm_kind **kind = member;

	*kind = vmm_kind_named(value);
	return *kind ? 0 : option_error(row, "'%s' is no family of VMMs", value);
}

static const struct option_row balloon_options[] = {
    {"kind", 0, "FAMILY", "of the VMM", set_kind, .offset = offsetof(struct cmd_balloon, kind)},
    {"program", 0, "FILE", "the VMM's, for families that are told by it", option_set_string,
     .offset = offsetof(struct cmd_balloon, program), .flags = OPTION_FILE},
    {"name", 0, "NAME", "the machine's, likewise", option_set_string,
     .offset = offsetof(struct cmd_balloon, name)},
    {.name = NULL},
};

static const struct option_group balloon_groups[] = {
    {"options", balloon_options, 0},
    {.title = NULL},
};

static int set_balloon(const struct cmd_balloon *b, const char *text)
{
	struct balloon_change change = {.kind = b->kind, .program = b->program, .name = b->name};
	long long mib;
	int64_t actual;
	int r;

	if (!text)
		return usage_error("'attend-balloon' needs a number of MiB");
	if (!b->kind)
		return usage_error("'attend-balloon' needs --kind");
	if (parse_number(text, 0, MAX_MIB, &mib) < 0)
		return usage_error("'%s' is no number of MiB", text);
	change.mib = mib;
	r = vmm_set_balloon(&change, &actual);
	if (r < 0)
		return r;
	output("%lld\n", (long long)actual);
	return output_finish();
}

static int run_balloon(const struct command *self, int argc, char **argv)
{
	struct cmd_balloon b = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &b, &arguments);

	if (r == 0)
		r = set_balloon(&b, option_operand(self, &arguments));
	free(b.program);
	free(b.name);
	return r < 0 ? r : EXIT_SUCCESS;
}

const struct command cmd_attend_balloon = {
    .name = "attend-balloon",
    .synopsis = "--kind FAMILY MIB",
    .summary = "change the memory of the machine of this directory",
    .groups = balloon_groups,
    .run = run_balloon,
    .hidden = true,
};
