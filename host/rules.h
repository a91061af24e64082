/* SPDX-License-Identifier: MIT */
/*
 * The rules that documents are held to. Each problem carries the name of one;
 * names are stable, so that pipelines may let one pass or wait for another.
 */
#ifndef VMCONFIG_RULES_H
#define VMCONFIG_RULES_H

struct rule {
	const char *name; /* NULL ends the table */
	const char *doc;  /* one line: what breaks it */
};

/* In the order of their names. A rule whose name begins with "quirk-" is one that known producers
 * break: a warning, and what was meant is taken. */
extern const struct rule rules[];

#endif
