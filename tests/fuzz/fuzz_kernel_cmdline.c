/* SPDX-License-Identifier: MIT */
/* Kernel parameters, one a line: the kernel reads exactly those that were accepted, and so do we.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_cmdline.h"
#include "kernel_words.h"
#include "list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct strlist *words, char *line)
{
	if (strlen(line) >= COMMAND_LINE_SIZE)
		abort();
	for (size_t i = 0; i < words->count; i++) {
		char *name, *value;

		if (!*words->items[i])
			continue; /* says nothing */
		if (!*line)
			abort();
		line = kernel_next_arg(line, &name, &value);
		if (!kernel_word_is(words->items[i], name, value))
			abort();
	}
	if (*line)
		abort();
}

/* Splitting a line is the way back. */
static void check_split(const struct strlist *words, const char *line)
{
	struct strlist split = {0};
	size_t at = 0;

	if (kernel_cmdline_split(line, &split) < 0)
		abort();
	for (size_t i = 0; i < words->count; i++)
		if (*words->items[i] &&
		    (at == split.count || strcmp(words->items[i], split.items[at++]) != 0))
			abort();
	if (at != split.count)
		abort();
	strlist_release(&split);
}

/* Refusals are the rule here; what the fuzzer itself has to say is still of interest. */
static int make_quietly(const struct strlist *words, char **line)
{
	static int null = -1, before;
	int r;

	if (null < 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	dup2(null, STDERR_FILENO);
	r = kernel_cmdline_make(words, line);
	dup2(before, STDERR_FILENO);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *word, *line;
	struct strlist words = {0};

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while ((word = strsep(&rest, "\n")))
		if (strlist_add(&words, word) < 0)
			abort();
	if (make_quietly(&words, &line) == 0) {
		check_split(&words, line);
		check(&words, line);
		free(line);
	}
	strlist_release(&words);
	free(text);
	return 0;
}
