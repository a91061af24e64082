/* SPDX-License-Identifier: MIT */
/*
 * vmconfig-image: the commands that make images.
 *
 * `vmconfig` execs it and answers for the rest of the command line: what
 * stands here links with libraries that `vmconfig build` must not wait for.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "error.h"
#include "image_cmd.h"
#include "option.h"

static const struct command *const commands[] = {
    &cmd_initrd,
    &cmd_rootfs,
    NULL,
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	int r;

	if (!command) {
		fail("vmconfig-image is run by vmconfig, it has no command '%s'",
		     argc > 1 ? argv[1] : "");
		return EXIT_USAGE;
	}
	usage_about(command->name);
	r = command->run(command, argc - 1, argv + 1);
	if (r == -EX_USAGE)
		return EXIT_USAGE;
	return r < 0 ? EXIT_FAILURE : r;
}
