/* SPDX-License-Identifier: MIT */
/* Words of a shell script. */
#include "shell_word.h"

#include <string.h>

#include "arg_list.h"

#define PLAIN                                                            \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"_./:=,@%+-"

/* @length bytes without PACKAGE_ROOT: in single quotes, which end for a quote of the word's own. */
static void write_part(FILE *out, const char *part, size_t length)
{
	if (length && strspn(part, PLAIN) >= length) {
		fwrite(part, 1, length, out);
		return;
	}
	fputc('\'', out);
	for (size_t i = 0; i < length; i++)
		if (part[i] == '\'')
			fputs("'\\''", out);
		else
			fputc(part[i], out);
	fputc('\'', out);
}

void shell_word_write(FILE *out, const char *word)
{
	if (!*word)
		fputs("''", out);
	while (*word) {
		size_t length = strcspn(word, PACKAGE_ROOT);

		if (length)
			write_part(out, word, length);
		else
			fputs("\"$here\"", out);
		word += length ? length : 1;
	}
}
