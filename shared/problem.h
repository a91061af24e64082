/* SPDX-License-Identifier: MIT */
/*
 * A list of what is wrong with a document. Readers add to it and go on, so
 * that a user sees every problem at once; the caller decides what to print.
 */
#ifndef VMCONFIG_PROBLEM_H
#define VMCONFIG_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

/* More than this are counted but not kept: nobody reads on, and a hostile file must not fill the
 * memory. */
#define MAX_PROBLEMS 1000

enum severity { SEVERITY_WARNING, SEVERITY_ERROR };

/* Where in a document: a JSON pointer (RFC 6901), and line and column from 1, or 0 when unknown. */
struct place {
	const char *pointer;
	unsigned line;
	unsigned column;
};

struct problem {
	enum severity severity;
	const char *rule; /* short, stable name of the rule, static */
	char *pointer;
	unsigned line;
	unsigned column;
	char *message; /* lower case, subject quoted, no full stop */
};

struct problems {
	struct problem *items;
	size_t count;
	size_t errors;      /* how many errors there were, kept or not */
	size_t lost;        /* problems that were not kept */
	bool out_of_memory; /* one could not be stored: as bad as an error */
};

/* problem_add() - note one; @place may be NULL. Running out of memory is noted in the list. */
void problem_add(struct problems *p, enum severity severity, const char *rule,
                 const struct place *place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* problems_result() - 0, -EINVAL when there are errors, -ENOMEM when one was lost. */
int problems_result(const struct problems *p);

/* problems_be_strict() - make an error of each warning that was noted. */
void problems_be_strict(struct problems *p);

/* problems_first_error() - the first error, or NULL. */
const struct problem *problems_first_error(const struct problems *p);

void problems_release(struct problems *p);

#endif
