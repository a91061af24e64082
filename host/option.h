/* SPDX-License-Identifier: MIT */
/*
 * Command lines from tables. A command lists groups of options, a group lists
 * rows, and the same rows parse the arguments and print the help.
 */
#ifndef VMCONFIG_OPTION_H
#define VMCONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>

enum option_flag {
	OPTION_REPEATS = 1 << 0, /* may be given more than once */
	OPTION_FILE = 1 << 1,    /* names a file of the host: any bytes, not only UTF-8 */
};

struct option_row {
	const char *name;     /* the long form, without "--"; NULL ends a table */
	char letter;          /* the short form, or 0 */
	const char *argument; /* what the help calls its argument; NULL: takes none */
	const char *help;
	/* Store @value (NULL when the option takes none): 0, or negative after printing a line. */
	int (*set)(const struct option_row *row, void *member, const char *value);
	size_t offset;  /* of @member in the group's struct */
	int value;      /* for set() to tell rows apart */
	unsigned flags; /* enum option_flag */
};

struct option_group {
	const char *title; /* NULL ends a list */
	const struct option_row *rows;
	size_t offset; /* of the group's struct in the command's */
};

struct command {
	const char *name;
	const char *synopsis;              /* what follows the name */
	const char *summary;               /* one line */
	const struct option_group *groups; /* NULL: its verbs', or a program's that run() becomes */
	const struct command *const *verbs; /* for verb_run(), NULL at the end */
	/* The exit status, -EX_USAGE after usage_error(), or -errno after printing a line. */
	int (*run)(const struct command *self, int argc, char **argv);
	bool hidden; /* for scripts of ours: the list of commands leaves it out */
};

/* What is no option. All point into argv. */
struct arguments {
	char **operands;
	size_t operand_count;
	char **command; /* the words after "--" */
	size_t command_count;
};

/*
 * option_parse() - read a command's arguments.
 * @argv:   from the command's name on; operands are moved to its front
 * @target: the command's struct, into which the rows store; released by the caller whatever the
 * result
 *
 * Return: 0; 1 when "--help" was given and printed; negative after printing a line.
 */
int option_parse(const struct command *command, int argc, char **argv, void *target,
                 struct arguments *arguments);

/* option_operand() - the one operand that @command takes, or NULL after a usage error. */
const char *option_operand(const struct command *command, const struct arguments *arguments);

/* option_help() - a command's help, on standard output. Return: 0 or -errno. */
int option_help(const struct command *command);

/* option_error() - a usage error about one option; returns what usage_error() does. */
int option_error(const struct option_row *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Setters for rows: a char *, a bool, a struct strlist, a struct optint within 1..@row->value. */
int option_set_string(const struct option_row *row, void *member, const char *value);
int option_set_flag(const struct option_row *row, void *member, const char *value);
int option_add_string(const struct option_row *row, void *member, const char *value);
int option_set_count(const struct option_row *row, void *member, const char *value);

/* parse_number() - a decimal number within @min..@max and nothing else. Return: 0 or -EINVAL. */
int parse_number(const char *text, long long min, long long max, long long *number);

#endif
