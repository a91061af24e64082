/* SPDX-License-Identifier: MIT */
/* `vmconfig attend-shares`: what virtiofsd-run executes. */
#include <stdlib.h>

#include "cmd.h"
#include "error.h"
#include "option.h"
#include "shares.h"
#include "vm.h"
#include "vm_devices.h"

struct cmd_shares {
	struct vm vm;
	char *program;
	char *group;
	bool tell_tag;
};

#define AT(member) .offset = offsetof(struct cmd_shares, member)

static const struct option_row shares_options[] = {
    {"virtiofsd", 0, "PROGRAM", "absolute", option_set_string, AT(program), .flags = OPTION_FILE},
    {"socket-group", 0, "GROUP", "who may connect", option_set_string, AT(group)},
    {"tell-tag", 0, NULL, "virtiofsd says the tag, not the VMM", option_set_flag, AT(tell_tag)},
    {"share", 0, "DIR:TAG[,ro][,socket=PATH]", "a directory", add_share, AT(vm),
     .flags = OPTION_REPEATS | OPTION_FILE},
    {.name = NULL},
};

static const struct option_group shares_groups[] = {
    {"options", shares_options, 0},
    {.title = NULL},
};

static int run_shares(const struct command *self, int argc, char **argv)
{
	struct cmd_shares s = {0};
	struct shares_options options;
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &s, &arguments);

	options = (struct shares_options){s.program, s.group, s.tell_tag};
	if (r == 0 && (!s.program || *s.program != '/' || !s.vm.shares.count))
		r = usage_error("'attend-shares' needs an absolute --virtiofsd and a --share");
	if (r == 0)
		r = shares_serve(&s.vm, &options);
	vm_release(&s.vm);
	free(s.program);
	free(s.group);
	return r < 0 ? r : EXIT_SUCCESS;
}

const struct command cmd_attend_shares = {
    .name = "attend-shares",
    .synopsis = "--virtiofsd PROGRAM --share DIR:TAG...",
    .summary = "serve a machine's shares",
    .groups = shares_groups,
    .run = run_shares,
    .hidden = true,
};
