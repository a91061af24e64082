/* SPDX-License-Identifier: MIT */
/* What the parts of the probe share. */
#ifndef VMCONFIG_PROBE_H
#define VMCONFIG_PROBE_H

#include <stddef.h>

/*
 * A verb: what it is called, how many words it needs, and what it does.
 *
 * A verb with @takes_all gets every word to the end of the command line, also
 * ",". The words end in NULL. Return: 0, or 1 after complain().
 */
struct verb {
	const char *name;
	int words;
	int takes_all;
	int (*run)(char **words);
};

/* Tables ended by a name that is NULL, one in each file. */
extern const struct verb process_verbs[];
extern const struct verb file_verbs[];
extern const struct verb net_verbs[];
extern const struct verb hostile_verbs[];
extern const struct verb confine_verbs[];
extern const struct verb tty_verbs[];

/* complain() - print "VERB WORD: <errno's text>". Return: 1. */
int complain(const char *word);

/* put_escaped() - print bytes on one line: a backslash and three octal digits for what is no plain
 * character. */
void put_escaped(const char *data, size_t length);

#endif
