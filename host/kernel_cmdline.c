/* SPDX-License-Identifier: MIT */
/* The kernel's command line, from words. */
#include "kernel_cmdline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"

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
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	int r;

	if (!out)
		return fail_errno(errno, "cannot make the kernel command line");
	r = write_words(out, words);
	if (fclose(out) != 0 && r == 0)
		r = fail_errno(ENOMEM, "cannot make the kernel command line");
	if (r < 0)
		return r;
	if (length >= COMMAND_LINE_SIZE)
		return fail("the kernel command line has %zu bytes, more than %d "
		            "(COMMAND_LINE_SIZE)",
		            length + 1, COMMAND_LINE_SIZE);
	*line = steal_ptr(&text);
	return 0;
}
