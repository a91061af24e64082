/* SPDX-License-Identifier: MIT */
/* Command lines from tables. */
#include "option.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "json.h"
#include "list.h"
#include "output.h"

/* A row as it is met: with the member it stores into and whether it was met before. */
struct found {
	const struct option_row *row;
	void *member;
	bool *seen;
};

struct parse {
	const struct command *command;
	char *target;
	int argc;
	char **argv;
	int at;
	bool *seen; /* one for each row of all groups */
};

static size_t row_count(const struct command *command)
{
	size_t count = 0;

	for (const struct option_group *g = command->groups; g->title; g++)
		for (const struct option_row *row = g->rows; row->name; row++)
			count++;
	return count;
}

/* Find a row by its long form, or by its letter when @name is NULL. */
static bool find_row(const struct parse *p, const char *name, size_t length, char letter,
                     struct found *found)
{
	size_t index = 0;

	for (const struct option_group *g = p->command->groups; g->title; g++) {
		for (const struct option_row *row = g->rows; row->name; row++, index++) {
			bool same = name ? strlen(row->name) == length &&
			                       memcmp(row->name, name, length) == 0
			                 : row->letter == letter;

			if (!same)
				continue;
			*found = (struct found){row, p->target + g->offset + row->offset,
			                        &p->seen[index]};
			return true;
		}
	}
	return false;
}

static int store(const struct found *f, const char *value)
{
	if (*f->seen && !(f->row->flags & OPTION_REPEATS))
		return option_error(f->row, "given more than once");
	*f->seen = true;
	if (value && !(f->row->flags & OPTION_FILE) && !json_is_utf8(value))
		return option_error(f->row, "'%s' is not UTF-8", value);
	return f->row->set(f->row, f->member, value);
}

/* The argument of an option that has none attached. */
static const char *next_value(struct parse *p)
{
	return p->at < p->argc ? p->argv[p->at++] : NULL;
}

static int parse_long(struct parse *p, const char *text)
{
	size_t length = strcspn(text, "=");
	const char *value = text[length] ? text + length + 1 : NULL;
	struct found f;

	if (!find_row(p, text, length, 0, &f))
		return usage_error("unknown option '--%.*s'", (int)length, text);
	if (!f.row->argument && value)
		return option_error(f.row, "takes no argument");
	if (f.row->argument && !value)
		value = next_value(p);
	if (f.row->argument && !value)
		return option_error(f.row, "needs an argument, %s", f.row->argument);
	return store(&f, value);
}

/* "-abc", "-eVALUE" or "-e" "VALUE". */
static int parse_letters(struct parse *p, const char *text)
{
	while (*text) {
		const char *value = NULL;
		struct found f;
		int r;

		if (!find_row(p, NULL, 0, *text, &f))
			return usage_error("unknown option '-%c'", *text);
		text++;
		if (f.row->argument) {
			value = *text ? text : next_value(p);
			text = "";
			if (!value)
				return option_error(f.row, "needs an argument, %s",
				                    f.row->argument);
		}
		r = store(&f, value);
		if (r < 0)
			return r;
	}
	return 0;
}

static int parse_arguments(struct parse *p, struct arguments *arguments)
{
	arguments->operands = p->argv + 1;
	while (p->at < p->argc) {
		char *text = p->argv[p->at++];
		int r = 0;

		if (strcmp(text, "--") == 0) {
			arguments->command = p->argv + p->at;
			arguments->command_count = (size_t)(p->argc - p->at);
			return 0;
		}
		if (strcmp(text, "--help") == 0)
			return option_help(p->command) < 0 ? -EIO : 1;
		if (strncmp(text, "--", 2) == 0)
			r = parse_long(p, text + 2);
		else if (text[0] == '-' && text[1])
			r = parse_letters(p, text + 1);
		else
			arguments->operands[arguments->operand_count++] = text;
		if (r < 0)
			return r;
	}
	return 0;
}

int option_parse(const struct command *command, int argc, char **argv, void *target,
                 struct arguments *arguments)
{
	_cleanup_free_ bool *seen = calloc(row_count(command) + 1, sizeof(*seen));
	struct parse p = {command, target, argc, argv, 1, seen};

	*arguments = (struct arguments){0};
	if (!seen)
		return fail_errno(ENOMEM, "cannot read the arguments");
	return parse_arguments(&p, arguments);
}

const char *option_operand(const struct command *command, const struct arguments *arguments)
{
	size_t count = arguments->operand_count + arguments->command_count;
	const char *last = strrchr(command->synopsis, ' ');

	if (count == 0)
		usage_error("'%s' needs an operand, %s", command->name,
		            last ? last + 1 : command->synopsis);
	else if (count > 1)
		usage_error("'%s' takes one operand, '%s' is one too many", command->name,
		            arguments->operand_count > 1 ? arguments->operands[1]
		                                         : arguments->command[count - 1]);
	if (count != 1)
		return NULL;
	return arguments->operand_count ? arguments->operands[0] : arguments->command[0];
}

static void print_row(const struct option_row *row)
{
	char form[64];
	int n = 0;

	if (row->letter)
		n = snprintf(form, sizeof(form), "-%c, ", row->letter);
	else
		n = snprintf(form, sizeof(form), "    ");
	snprintf(form + n, sizeof(form) - (size_t)n, "--%s%s%s", row->name,
	         row->argument ? " " : "", row->argument ? row->argument : "");
	if (strlen(form) > 28)
		output("  %s\n  %-28s  %s\n", form, "", row->help);
	else
		output("  %-28s  %s\n", form, row->help);
}

int option_help(const struct command *command)
{
	output("usage: vmconfig %s%s%s\n\n%s.\n", command->name, command->synopsis[0] ? " " : "",
	       command->synopsis, command->summary);
	for (const struct option_group *g = command->groups; g->title; g++) {
		output("\n%s:\n", g->title);
		for (const struct option_row *row = g->rows; row->name; row++)
			print_row(row);
	}
	return output_finish();
}

int option_error(const struct option_row *row, const char *format, ...)
{
	_cleanup_free_ char *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	va_end(args);
	return usage_error("--%s: %s", row->name, message ? message : "out of memory");
}

int option_set_string(const struct option_row *row, void *member, const char *value)
{
	char **string = member;

	free(*string);
	*string = strdup(value);
	return *string ? 0 : fail_errno(ENOMEM, "--%s", row->name);
}

int option_set_flag(const struct option_row *row, void *member, const char *value)
{
	bool *flag = member;

	(void)row;
	(void)value;
	*flag = true;
	return 0;
}

int option_add_string(const struct option_row *row, void *member, const char *value)
{
	return strlist_add(member, value) < 0 ? fail_errno(ENOMEM, "--%s", row->name) : 0;
}

int option_set_count(const struct option_row *row, void *member, const char *value)
{
	struct optint *count = member;
	long long number;

	if (parse_number(value, 1, row->value, &number) < 0)
		return option_error(row, "'%s' is not a number within 1..%d", value, row->value);
	*count = (struct optint){.set = true, .value = number};
	return 0;
}

int parse_number(const char *text, long long min, long long max, long long *number)
{
	char *end;

	/* strtoll() takes white space and signs, a command line should not. */
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoll(text, &end, 10);
	return errno || *end || *number < min || *number > max ? -EINVAL : 0;
}
