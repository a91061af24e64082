/* SPDX-License-Identifier: MIT */
/* Walking a document beside the rows that say where its fields go. */
#include "oci_places.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "json_pointer.h"
#include "record.h"

struct walk {
	const struct oci_row *rows;
	oci_visit *visit;
	void *arg;
};

const char *oci_place_name(enum oci_place place)
{
	static const char *const names[] = {
	    [PLACE_HOST] = "host",   [PLACE_VMM] = "vmm",         [PLACE_DISK] = "config disk",
	    [PLACE_GUEST] = "guest", [PLACE_IGNORED] = "ignored", [PLACE_REFUSED] = "refused",
	};

	return names[place];
}

/* How much of @pattern @pointer matches, part by part: the rest of the pattern, or NULL. */
static const char *match(const char *pattern, const char *pointer)
{
	while (*pointer == '/') {
		size_t length = strcspn(++pointer, "/");
		size_t expected;

		if (*pattern++ != '/')
			return NULL;
		expected = strcspn(pattern, "/");
		if (!(expected == 1 && *pattern == '*') &&
		    (expected != length || memcmp(pattern, pointer, length) != 0))
			return NULL;
		pattern += expected;
		pointer += length;
	}
	return pattern;
}

const struct oci_row *oci_row_find(const struct oci_row *rows, const char *pointer)
{
	for (; rows->pattern; rows++) {
		const char *rest = match(rows->pattern, pointer);

		if (rest && *rest == '\0')
			return rows;
	}
	return NULL;
}

bool oci_row_below(const struct oci_row *rows, const char *pointer)
{
	for (; rows->pattern; rows++) {
		const char *rest = match(rows->pattern, pointer);

		if (rest && *rest == '/')
			return true;
	}
	return false;
}

static const struct field *find_field(const struct record *record, const char *key)
{
	for (const struct field *f = record ? record->fields : NULL; f && f->key; f++)
		if (strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

/*
 * Within a field that has a row: only what nobody knows is told. The members
 * of FIELD_NAMES are like items of a list, whatever they are called.
 */
static int walk_unknown(const struct walk *w, const cJSON *node, const char *pointer,
                        const struct record *record, bool any_name)
{
	const cJSON *child;
	size_t index = 0;
	int r = 0;

	cJSON_ArrayForEach(child, node)
	{
		_cleanup_free_ char *below = json_pointer_below(pointer, child->string, index++);
		const struct field *f;

		if (!below)
			return -ENOMEM;
		if (!child->string || any_name) {
			r = walk_unknown(w, child, below, record, false);
		} else {
			f = find_field(record, child->string);
			if (!f)
				r = w->visit(w->arg, child, below, NULL);
			else if (f->record)
				r = walk_unknown(w, child, below, f->record,
				                 f->type == FIELD_NAMES);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int walk(const struct walk *w, const cJSON *node, const char *pointer, const struct field *f)
{
	const struct oci_row *row = oci_row_find(w->rows, pointer);
	const struct record *record = f ? f->record : NULL;
	const cJSON *child;
	size_t index = 0;
	int r;

	if (row) {
		r = w->visit(w->arg, node, pointer, row);
		if (r == 0 && record)
			r = walk_unknown(w, node, pointer, record, f->type == FIELD_NAMES);
		return r;
	}
	if (!oci_row_below(w->rows, pointer))
		return w->visit(w->arg, node, pointer, NULL);
	cJSON_ArrayForEach(child, node)
	{
		_cleanup_free_ char *below = json_pointer_below(pointer, child->string, index++);

		if (!below)
			return -ENOMEM;
		r = walk(w, child, below, child->string ? find_field(record, child->string) : f);
		if (r < 0)
			return r;
	}
	return 0;
}

int oci_places_walk(const cJSON *root, const struct oci_row *rows, const struct record *record,
                    oci_visit *visit, void *arg)
{
	const struct walk w = {rows, visit, arg};
	const struct field top = {.record = record};

	return walk(&w, root, "", &top);
}

/*
 * Whether a value says nothing: producers written in Go emit objects of empty
 * members for what was never set. A number, 0 included, says something, and so
 * does a member that is an empty object: that is how OCI writes sets.
 */
static bool is_empty(const cJSON *node)
{
	if (cJSON_IsString(node))
		return node->valuestring[0] == '\0';
	if (cJSON_IsArray(node))
		return node->child == NULL;
	return cJSON_IsNull(node) || cJSON_IsFalse(node);
}

static bool says_nothing(const cJSON *node)
{
	const cJSON *child;

	if (!cJSON_IsObject(node))
		return is_empty(node);
	cJSON_ArrayForEach(child, node)
	{
		if (!is_empty(child))
			return false;
	}
	return true;
}

static int note(void *arg, const cJSON *node, const char *pointer, const struct oci_row *row)
{
	struct document *d = arg;
	bool refused = row && row->place == PLACE_REFUSED;
	struct place place;

	if (!row || !(refused || row->warns) || says_nothing(node))
		return 0;
	place = json_place(&d->json, node, pointer);
	problem_add(&d->problems, refused ? SEVERITY_ERROR : SEVERITY_WARNING,
	            refused ? "unsupported" : "not-applied", &place, "%s", row->why);
	return 0;
}

int oci_places_note(struct document *d, const struct oci_row *rows, const struct record *record)
{
	return oci_places_walk(d->json.root, rows, record, note, d);
}
