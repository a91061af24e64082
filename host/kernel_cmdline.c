/* SPDX-License-Identifier: MIT */
/* The kernel's command line, from words. */
#include "kernel_cmdline.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "kernel_known.h"
#include "list.h"

static int check_word(const char *word)
{
	for (const char *c = word; *c; c++) {
		if (*c == '"')
			return fail(
			    "kernel parameter '%s' holds a '\"', which the kernel cannot read",
			    word);
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return fail("kernel parameter '%s' holds a control character", word);
	}
	return 0;
}

/* What isspace() of the kernel's own lib/ctype.c takes for a space: Latin-1 counts, UTF-8 or not.
 */
#define SPACES " \xa0"

/*
 * name="a value": quotes begin after the '=', where the kernel takes them off
 * again. A space before the '=', or without one, puts them around the word.
 */
static void add_word(FILE *out, const char *word)
{
	size_t plain = strcspn(word, SPACES);
	size_t name = strcspn(word, "=");

	if (!word[plain])
		fputs(word, out);
	else if (plain < name || name == 0)
		fprintf(out, "\"%s\"", word);
	else
		fprintf(out, "%.*s=\"%s\"", (int)name, word, word + name + 1);
}

/* Of what add_word() writes. */
static size_t word_length(const char *word)
{
	size_t length = strlen(word);

	return length + (word[strcspn(word, SPACES)] ? 2 : 0);
}

static size_t line_length(const struct strlist *words)
{
	size_t length = 0;

	for (size_t i = 0; i < words->count; i++)
		if (*words->items[i])
			length += word_length(words->items[i]) + (length > 0);
	return length;
}

static int complain(char **complaint, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int complain(char **complaint, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(complaint, format, args);
	va_end(args);
	if (n >= 0)
		return 0;
	*complaint = NULL;
	return -ENOMEM;
}

int kernel_cmdline_complain(const struct strlist *words, char **complaint)
{
	size_t length = line_length(words);
	struct init_words init;

	*complaint = NULL;
	if (length >= COMMAND_LINE_SIZE)
		return complain(complaint, "has %zu bytes, more than %d (COMMAND_LINE_SIZE)",
		                length + 1, COMMAND_LINE_SIZE);
	if (kernel_init_words(words, &init) < 0)
		return -ENOMEM;
	if (init.args > MAX_INIT_ARGS)
		return complain(complaint,
		                "has %zu words that the kernel does not know, more than it "
		                "passes on to init, %d (CONFIG_INIT_ENV_ARG_LIMIT)",
		                init.args, MAX_INIT_ARGS);
	if (init.env > MAX_INIT_ENV)
		return complain(complaint,
		                "has %zu variables that the kernel does not know, more than it "
		                "passes on to init, %d (CONFIG_INIT_ENV_ARG_LIMIT)",
		                init.env, MAX_INIT_ENV);
	return 0;
}

static int write_words(FILE *out, const struct strlist *words)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		int r = check_word(word);

		if (r < 0)
			return r;
		if (!*word)
			continue;
		if (ftell(out) > 0)
			fputc(' ', out);
		add_word(out, word);
	}
	return 0;
}

int kernel_cmdline_make(const struct strlist *words, char **line)
{
	_cleanup_free_ char *complaint = NULL;
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	FILE *out;
	int r = kernel_cmdline_complain(words, &complaint);

	if (r < 0)
		return fail_errno(-r, "cannot make the kernel command line");
	if (complaint)
		return fail("the kernel command line %s", complaint);
	out = open_memstream(&text, &length);
	if (!out)
		return fail_errno(errno, "cannot make the kernel command line");
	r = write_words(out, words);
	if (fclose(out) != 0 && r == 0)
		r = fail_errno(ENOMEM, "cannot make the kernel command line");
	if (r < 0)
		return r;
	*line = steal_ptr(&text);
	return 0;
}

/* Copy the word that @line begins with to @word, without quotes. Return: what follows it. */
static const char *take_word(const char *line, char *word, bool *quoted)
{
	*quoted = false;
	for (; *line && (*quoted || *line != ' '); line++) {
		if (*line == '"')
			*quoted = !*quoted;
		else
			*word++ = *line;
	}
	*word = '\0';
	return line;
}

int kernel_cmdline_split(const char *line, struct strlist *words)
{
	_cleanup_free_ char *word = malloc(strlen(line) + 1);
	bool quoted;

	if (!word)
		return -ENOMEM;
	for (;;) {
		line += strspn(line, " ");
		if (!*line)
			return 0;
		line = take_word(line, word, &quoted);
		if (quoted)
			return -EINVAL;
		if (*word && strlist_add(words, word) < 0)
			return -ENOMEM;
	}
}
