/* SPDX-License-Identifier: MIT */
/* --cap-add and --cap-drop. */
#include "capability_option.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "capability.h"
#include "error.h"
#include "list.h"
#include "option.h"

#define PREFIX "CAP_"
#define ALL    "ALL"

/* The kernel's name of it, or NULL. */
static const char *find(const char *name)
{
	const char *known;

	if (strncasecmp(name, PREFIX, strlen(PREFIX)) == 0)
		name += strlen(PREFIX);
	for (int i = 0; (known = capability_name(i)); i++)
		if (strcasecmp(known + strlen(PREFIX), name) == 0)
			return known;
	return NULL;
}

int capability_option_add(const struct option_row *row, struct strlist *list, const char *value)
{
	const char *name = strcasecmp(value, ALL) == 0 ? ALL : find(value);

	if (!name)
		return option_error(row, "'%s' is no capability", value);
	return option_add_string(row, list, name);
}

static int add(struct strlist *set, const char *name)
{
	return strlist_contains(set, name) ? 0 : strlist_add(set, name);
}

static int add_every(struct strlist *set)
{
	const char *name;
	int r = 0;

	for (int i = 0; r == 0 && (name = capability_name(i)); i++)
		r = add(set, name);
	return r;
}

static void drop(struct strlist *set, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(set->items[i], name) == 0)
			free(set->items[i]);
		else
			set->items[kept++] = set->items[i];
	}
	set->count = kept;
}

/* One of the five: what is dropped by name goes even when all are added, and the other way round.
 */
static int change(struct strlist *set, const struct capability_options *o, bool gains)
{
	int r = 0;

	if (strlist_contains(&o->drop, ALL))
		strlist_release(set);
	if (gains && strlist_contains(&o->add, ALL))
		r = add_every(set);
	for (size_t i = 0; i < o->drop.count; i++)
		drop(set, o->drop.items[i]);
	for (size_t i = 0; r == 0 && gains && i < o->add.count; i++)
		if (strcmp(o->add.items[i], ALL) != 0)
			r = add(set, o->add.items[i]);
	return r;
}

/* What a config without sets has, said as sets. */
static int begin(struct vmconfig *cfg)
{
	struct capabilities *sets = cfg->capabilities;
	int r;

	if (sets)
		return 0;
	sets = cfg->capabilities = calloc(1, sizeof(*sets));
	if (!sets)
		return -ENOMEM;
	r = add_every(&sets->bounding);
	if (r == 0)
		r = add_every(&sets->effective);
	return r < 0 ? r : add_every(&sets->permitted);
}

int capability_options_apply(const struct capability_options *o, struct vmconfig *cfg)
{
	static const struct {
		size_t offset;
		bool gains;
	} sets[] = {
	    {offsetof(struct capabilities, bounding), true},
	    {offsetof(struct capabilities, effective), true},
	    {offsetof(struct capabilities, permitted), true},
	    {offsetof(struct capabilities, inheritable), false},
	    {offsetof(struct capabilities, ambient), false},
	};
	int r = 0;

	if (!o->add.count && !o->drop.count)
		return 0;
	r = begin(cfg);
	for (size_t i = 0; r == 0 && i < sizeof(sets) / sizeof(*sets); i++)
		r = change((struct strlist *)((char *)cfg->capabilities + sets[i].offset), o,
		           sets[i].gains);
	return r;
}

void capability_options_release(struct capability_options *o)
{
	strlist_release(&o->add);
	strlist_release(&o->drop);
}
