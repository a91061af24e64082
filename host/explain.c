/* SPDX-License-Identifier: MIT */
/* What becomes of each field of a document. */
#include "explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "elide.h"
#include "input.h"
#include "list.h"
#include "oci_image.h"
#include "oci_runtime.h"
#include "oci_runtime_doc.h"
#include "record.h"
#include "vmconfig.h"

const struct explained_kind explained_kinds[] = {
    {"runtime config", oci_runtime_rows},
    {"image config", oci_image_rows},
    {.name = NULL},
};

struct explaining {
	const struct document *d;
	struct explanation *out;
};

/* The worst that was noted at @pointer or below it. */
static const struct problem *find_problem(const struct problems *p, const char *pointer)
{
	const struct problem *found = NULL;
	size_t length = strlen(pointer);

	for (size_t i = 0; i < p->count; i++) {
		const struct problem *problem = &p->items[i];

		if (strncmp(problem->pointer, pointer, length) != 0 ||
		    (problem->pointer[length] && problem->pointer[length] != '/'))
			continue;
		if (!found || problem->severity > found->severity)
			found = problem;
	}
	return found;
}

static char *reason(const struct oci_row *row, const char *pointer, const struct problem *problem)
{
	const char *why = row ? row->why : "unknown";
	const char *below;
	char *text = NULL;
	int n;

	if (!problem || strcmp(problem->message, why) == 0)
		return strdup(why);
	below = problem->pointer + strlen(pointer);
	n = problem->severity == SEVERITY_ERROR
	        ? asprintf(&text, "%s%s%s", below, *below ? ": " : "", problem->message)
	        : asprintf(&text, "%s; %s%s%s", why, below, *below ? ": " : "", problem->message);
	return n < 0 ? NULL : text;
}

static int add(void *arg, const cJSON *node, const char *pointer, const struct oci_row *row)
{
	struct explaining *e = arg;
	const struct problem *problem = find_problem(&e->d->problems, pointer);
	bool refused = problem && problem->severity == SEVERITY_ERROR;
	struct explanation *out = e->out;
	struct explained *items = list_grow(out->items, out->count, sizeof(*items));
	struct explained *item;

	if (!items)
		return -ENOMEM;
	out->items = items;
	item = &items[out->count++];
	*item = (struct explained){
	    .pointer = strdup(pointer),
	    .value = elided(node),
	    .place = refused ? PLACE_REFUSED
	             : row   ? row->place
	                     : PLACE_IGNORED,
	    .why = reason(row, pointer, problem),
	};
	return item->pointer && item->value && item->why ? 0 : -ENOMEM;
}

/* config.json's own table: what is no part of the contract between the two sides, init applies. */
static enum oci_place place_of_field(const char *key)
{
	static const char *const carried[] = {"version", "requires", "annotations"};

	for (size_t i = 0; i < sizeof(carried) / sizeof(*carried); i++)
		if (strcmp(key, carried[i]) == 0)
			return PLACE_DISK;
	return PLACE_GUEST;
}

static int explain_config(struct explaining *e)
{
	struct oci_row *rows;
	size_t count = 0;
	int r = 0;

	while (vmconfig_record.fields[count].key)
		count++;
	rows = calloc(count + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct field *f = &vmconfig_record.fields[i];
		char *pattern = NULL;

		if (asprintf(&pattern, "/%s", f->key) < 0)
			r = -ENOMEM;
		else
			rows[i] = (struct oci_row){pattern, place_of_field(f->key), f->doc, false};
	}
	if (r == 0)
		r = oci_places_walk(e->d->json.root, rows, &vmconfig_record, add, e);
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)rows[i].pattern);
	free(rows);
	return r;
}

int explain(const struct input *in, const struct document *d, struct explanation *out)
{
	struct explaining e = {d, out};

	switch (in->kind) {
	case INPUT_BUNDLE:
	case INPUT_RUNTIME_CONFIG:
		return oci_places_walk(d->json.root, oci_runtime_rows, &oci_runtime_record, add,
		                       &e);
	case INPUT_IMAGE:
	case INPUT_IMAGE_CONFIG:
		return oci_places_walk(d->json.root, oci_image_rows, &oci_image_record, add, &e);
	default:
		return explain_config(&e);
	}
}

void explanation_release(struct explanation *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->items[i].pointer);
		cJSON_Delete(e->items[i].value);
		free(e->items[i].why);
	}
	free(e->items);
	*e = (struct explanation){0};
}
