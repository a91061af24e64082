/* SPDX-License-Identifier: MIT */
/*
 * Environments. Names are compared by sorting, once for a whole list: ten
 * thousand variables, or as many as a hostile file holds, must not take the
 * square of that.
 */
#include "environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "list.h"

static int compare_entries(const void *a, const void *b)
{
	const struct strpair *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	/* Both point into one array: the address is the place in the list. */
	return order ? order : (*x > *y) - (*x < *y);
}

static void drop_marked(struct strmap *map)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->count; i++)
		if (map->items[i].name)
			map->items[kept++] = map->items[i];
	map->count = kept;
}

/* Give the first of the @n entries the last one's value and mark the others for dropping. */
static void fold(struct strpair **entries, size_t n)
{
	struct strpair *first = entries[0], *last = entries[n - 1];
	char *value = first->value;

	first->value = last->value;
	last->value = value;
	for (size_t i = 1; i < n; i++) {
		free(entries[i]->name);
		free(entries[i]->value);
		entries[i]->name = NULL;
		entries[i]->value = NULL;
	}
}

/* Make each name stand once; @d, if any, hears of those that did not. */
static int fold_duplicates(struct strmap *map, struct document *d, const char *pointer)
{
	_cleanup_free_ struct strpair **entries = calloc(map->count + 1, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	for (size_t i = 0; i < map->count; i++)
		entries[i] = &map->items[i];
	qsort(entries, map->count, sizeof(*entries), compare_entries);
	for (size_t i = 0, n; i < map->count; i += n) {
		for (n = 1; i + n < map->count; n++)
			if (strcmp(entries[i]->name, entries[i + n]->name) != 0)
				break;
		if (n == 1)
			continue;
		if (d)
			document_note(d, SEVERITY_WARNING, "env-duplicate", pointer,
			              "'%s' is set more than once, the last value stands",
			              entries[i]->name);
		fold(&entries[i], n);
	}
	drop_marked(map);
	return 0;
}

static int add_entry(struct strmap *env, const char *entry, const char *equals)
{
	_cleanup_free_ char *name = strndup(entry, (size_t)(equals - entry));

	return name ? strmap_append(env, name, equals + 1) : -ENOMEM;
}

int environment_read(struct document *d, const char *pointer, struct strmap *env)
{
	const cJSON *entry;
	size_t index = 0;

	cJSON_ArrayForEach(entry, json_find(&d->json, pointer))
	{
		const char *text = cJSON_GetStringValue(entry);
		const char *equals = text ? strchr(text, '=') : NULL;
		char where[128];
		struct place place;

		snprintf(where, sizeof(where), "%s/%zu", pointer, index++);
		place = json_place(&d->json, entry, where);
		if (!text)
			continue; /* the table has complained */
		if (!equals)
			problem_add(&d->problems, SEVERITY_ERROR, "env-entry", &place,
			            "'%s' is not NAME=VALUE", text);
		else if (equals == text)
			problem_add(&d->problems, SEVERITY_ERROR, "env-entry", &place,
			            "'%s' has no name", text);
		else if (add_entry(env, text, equals) < 0)
			return -ENOMEM;
	}
	return fold_duplicates(env, d, pointer);
}

int environment_merge(struct strmap *env, const struct strmap *over)
{
	for (size_t i = 0; i < over->count; i++) {
		int r = strmap_append(env, over->items[i].name, over->items[i].value);

		if (r < 0)
			return r;
	}
	return fold_duplicates(env, NULL, NULL);
}
