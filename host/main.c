/* SPDX-License-Identifier: MIT */
/* The vmconfig command: a table of subcommands, and help printed from it. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd.h"
#include "error.h"
#include "option.h"
#include "output.h"

static const struct command *const commands[] = {
    &cmd_build,         &cmd_show,   &cmd_diff,        &cmd_check,
    &cmd_explain,       &cmd_schema, &cmd_rootfs,      &cmd_initrd,
    &cmd_run,           &cmd_cache,  &cmd_host,        &cmd_vm,
    &cmd_runner,        &cmd_attend, &cmd_attend_stop, &cmd_attend_balloon,
    &cmd_attend_shares,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int print_help(void)
{
	output("usage: vmconfig COMMAND [options]\n"
	       "Render OCI configuration into a config disk for a virtual machine, and boot it.\n"
	       "\ncommands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!commands[i]->hidden)
			output("  %-8s  %s\n", commands[i]->name, commands[i]->summary);
	output("\n'vmconfig help COMMAND' lists a command's options, 'vmconfig --version' says "
	       "which this is.\n");
	return output_finish();
}

static int print_version(void)
{
	output("vmconfig %s\n", VMCONFIG_VERSION);
	return output_finish();
}

/* `vmconfig help [COMMAND [VERB]]` */
static int help(int argc, char **argv)
{
	const struct command *command = argc < 2 ? NULL : find_command(argv[1]);
	int most = command && command->verbs ? 3 : 2;

	if (argc < 2)
		return print_help();
	if (argc > most)
		return usage_error("'help' takes one command, '%s' is one too many", argv[most]);
	if (!command)
		return usage_error("unknown command '%s'", argv[1]);
	if (!command->groups) {
		/* Its options are known to its verbs, or to the program that it is. */
		char option[] = "--help", *words[] = {argv[1], option, NULL, NULL};

		if (argc == 3) {
			words[1] = argv[2];
			words[2] = option;
		}
		return command->run(command, argc, words);
	}
	return option_help(command);
}

static int dispatch(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return print_help() < 0 ? EXIT_FAILURE : EXIT_USAGE;
	if (strcmp(argv[1], "--version") == 0)
		return print_version();
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help();
	if (strcmp(argv[1], "help") == 0)
		return help(argc - 1, argv + 1);
	command = find_command(argv[1]);
	if (!command)
		return usage_error("unknown %s '%s'", argv[1][0] == '-' ? "option" : "command",
		                   argv[1]);
	usage_about(command->name);
	return command->run(command, argc - 1, argv + 1);
}

/* Descriptors 0 to 2 that vmconfig was started without must not become something else. */
static void occupy_stdio(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY); /* writing there fails, as it should */
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char **argv)
{
	int r;

	occupy_stdio();
	r = dispatch(argc, argv);

	if (r == -EX_USAGE)
		return EXIT_USAGE;
	return r < 0 ? EXIT_FAILURE : r;
}
