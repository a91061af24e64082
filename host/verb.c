/* SPDX-License-Identifier: MIT */
/* Commands with verbs. */
#include "verb.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "option.h"
#include "output.h"

/* The part of a verb's name after the command's: "vm install" is "install". */
static const char *short_name(const struct command *verb)
{
	const char *space = strrchr(verb->name, ' ');

	return space ? space + 1 : verb->name;
}

static int print_verbs(const struct command *command)
{
	output("usage: vmconfig %s %s\n%s\n\n", command->name, command->synopsis, command->summary);
	for (const struct command *const *verb = command->verbs; *verb; verb++)
		output("  %-10s %s\n", short_name(*verb), (*verb)->summary);
	output("\n'vmconfig %s VERB --help' lists the options of one.\n", command->name);
	return output_finish() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int verb_run(const struct command *self, int argc, char **argv)
{
	if (argc < 2)
		return usage_error("'%s' needs a verb", self->name);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_verbs(self);
	for (const struct command *const *verb = self->verbs; *verb; verb++)
		if (strcmp(argv[1], short_name(*verb)) == 0)
			return (*verb)->run(*verb, argc - 1, argv + 1);
	return usage_error("'%s' has no verb '%s'", self->name, argv[1]);
}
