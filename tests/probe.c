/* SPDX-License-Identifier: MIT */
/*
 * probe: a static workload that reports what it sees, so that tests need
 * nothing from an image.
 *
 * usage: probe VERB [WORD…] [, VERB [WORD…]]…
 *
 * Verbs run in order and print lines that begin with what they are about. One
 * that fails prints "VERB WORD: <why>" and makes the exit status 1; those after
 * it run all the same. The tables at the end of the probe_*.c files have all
 * verbs.
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *current = "probe"; /* the verb at work */

int complain(const char *word)
{
	printf("%s %s: %s\n", current, word, strerror(errno));
	return 1;
}

void put_escaped(const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c > ' ' && c < 0x7f && c != '\\')
			putchar(c);
		else
			printf("\\%03o", c);
	}
}

static const struct verb *find_verb(const char *name)
{
	static const struct verb *const tables[] = {process_verbs, file_verbs,    net_verbs,
	                                            hostile_verbs, confine_verbs, tty_verbs};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct verb *v = tables[i]; v->name; v++)
			if (strcmp(v->name, name) == 0)
				return v;
	return NULL;
}

/* How many words there are before the next "," or the end. */
static int count_words(char **words, int takes_all)
{
	int n = 0;

	while (words[n] && (takes_all || strcmp(words[n], ",") != 0))
		n++;
	return n;
}

static int run_verb(const struct verb *verb, char **words, int count)
{
	char *end = words[count];
	int result;

	if (count < verb->words) {
		printf("%s: needs %d words\n", verb->name, verb->words);
		return 1;
	}
	words[count] = NULL;
	current = verb->name;
	result = verb->run(words);
	fflush(stdout);
	words[count] = end;
	return result;
}

int main(int argc, char **argv)
{
	int result = 0;

	(void)argc;
	for (char **word = argv + 1; argv[0] && *word;) {
		const struct verb *verb = find_verb(*word);
		int count;

		if (!verb) {
			printf("probe: no verb '%s'\n", *word);
			return 2;
		}
		count = count_words(++word, verb->takes_all);
		result |= run_verb(verb, word, count);
		word += count;
		word += *word != NULL;
	}
	return result;
}
