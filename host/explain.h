/* SPDX-License-Identifier: MIT */
/* What becomes of each field of a document: the rows of its kind, and what its conversion noted. */
#ifndef VMCONFIG_EXPLAIN_H
#define VMCONFIG_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "oci_places.h"

struct document;
struct input;

struct explained {
	char *pointer;
	cJSON *value; /* secrets elided */
	enum oci_place place;
	char *why;
};

struct explanation {
	struct explained *items;
	size_t count;
};

/*
 * explain() - the fields of a document that was converted, in its order.
 * @d:   its problems decide too: what has an error is refused
 * @out: zeroed; to be released whatever the result
 *
 * Return: 0 or -ENOMEM.
 */
int explain(const struct input *in, const struct document *d, struct explanation *out);

void explanation_release(struct explanation *e);

/* The tables by themselves, for those who want to know what there is. */
struct explained_kind {
	const char *name;
	const struct oci_row *rows;
};
extern const struct explained_kind explained_kinds[]; /* ends with a NULL name */

#endif
