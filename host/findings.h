/* SPDX-License-Identifier: MIT */
/* What is wrong with several documents: a list of problems for each. */
#ifndef VMCONFIG_FINDINGS_H
#define VMCONFIG_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "problem.h"

struct document;

struct finding {
	char *name; /* of the document */
	struct problems problems;
};

struct findings {
	struct finding *items; /* in the order in which their places were made */
	size_t count;
	size_t kept; /* problems in all; MAX_PROBLEMS at most */
};

/* findings_place() - room for a document that is yet to be looked at. Return: its index, or
 * -ENOMEM. */
int findings_place(struct findings *f, size_t *place);

/* findings_take() - what was noted of @d: it loses its problems to the list, which keeps no more
 * than MAX_PROBLEMS of all documents. At a place that has the problems of an earlier reading, those
 * that it had are not there twice, and are as severe as they ever were. Return: 0 or -ENOMEM. */
int findings_take(struct findings *f, size_t place, struct document *d);

void findings_be_strict(struct findings *f);

/* findings_print() - each problem on a line of stderr, after the name of its document. */
void findings_print(const struct findings *f);

/* findings_print_json() - an array of all on standard output. Return: 0, or negative after
 * printing. */
int findings_print_json(const struct findings *f);

/* findings_result() - 0, -EINVAL when there are errors, -ENOMEM when one was lost. */
int findings_result(const struct findings *f);

void findings_release(struct findings *f);

#endif
