/* SPDX-License-Identifier: MIT */
/* Walking two JSON trees side by side. */
#include "config_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "json_pointer.h"
#include "list.h"

static int note(struct differences *out, const char *pointer, struct diff_tree first,
                struct diff_tree second, bool order)
{
	struct difference *items = list_grow(out->items, out->count, sizeof(*items));
	char *copy = strdup(pointer);

	if (items)
		out->items = items;
	if (!items || !copy) {
		free(copy);
		return -ENOMEM;
	}
	items[out->count++] = (struct difference){copy, first.shown, second.shown, order};
	return 0;
}

static struct diff_tree child_of(struct diff_tree parent)
{
	return (struct diff_tree){parent.node ? parent.node->child : NULL,
	                          parent.shown ? parent.shown->child : NULL};
}

static struct diff_tree next_of(struct diff_tree tree)
{
	return (struct diff_tree){tree.node->next, tree.shown ? tree.shown->next : NULL};
}

static bool is_named(struct diff_tree tree, const char *name)
{
	return tree.node && strcmp(tree.node->string, name) == 0;
}

/* The member of that name. @guess: where it stands if the order is the same. */
static struct diff_tree find(struct diff_tree parent, struct diff_tree guess, const char *name)
{
	struct diff_tree tree = child_of(parent);

	if (is_named(guess, name))
		return guess;
	while (tree.node && !is_named(tree, name))
		tree = next_of(tree);
	return tree;
}

static int compare(const char *pointer, struct diff_tree first, struct diff_tree second,
                   struct differences *out);

static int compare_below(const char *pointer, const char *key, size_t index, struct diff_tree first,
                         struct diff_tree second, struct differences *out)
{
	_cleanup_free_ char *below = json_pointer_below(pointer, key, index);

	return below ? compare(below, first, second, out) : -ENOMEM;
}

/* What only the second one has. */
static int note_added(const char *pointer, struct diff_tree first, struct diff_tree second,
                      struct differences *out)
{
	struct diff_tree guess = child_of(first);
	int r = 0;

	for (struct diff_tree b = child_of(second); b.node && r == 0; b = next_of(b)) {
		struct diff_tree a = find(first, guess, b.node->string);

		if (a.node)
			guess = next_of(a);
		else
			r = compare_below(pointer, b.node->string, 0, a, b, out);
	}
	return r;
}

static int compare_objects(const char *pointer, struct diff_tree first, struct diff_tree second,
                           struct differences *out)
{
	struct diff_tree guess = child_of(second);
	size_t before = out->count;
	bool order = false;
	int r = 0;

	for (struct diff_tree a = child_of(first); a.node && r == 0; a = next_of(a)) {
		struct diff_tree b = find(second, guess, a.node->string);

		order = order || b.node != guess.node;
		if (b.node)
			guess = next_of(b);
		r = compare_below(pointer, a.node->string, 0, a, b, out);
	}
	if (r == 0)
		r = note_added(pointer, first, second, out);
	if (r == 0 && order && out->count == before)
		r = note(out, pointer, first, second, true);
	return r;
}

static int compare_arrays(const char *pointer, struct diff_tree first, struct diff_tree second,
                          struct differences *out)
{
	struct diff_tree a = child_of(first), b = child_of(second);
	int r = 0;

	for (size_t i = 0; (a.node || b.node) && r == 0; i++) {
		r = compare_below(pointer, NULL, i, a, b, out);
		a = a.node ? next_of(a) : a;
		b = b.node ? next_of(b) : b;
	}
	return r;
}

static int compare(const char *pointer, struct diff_tree first, struct diff_tree second,
                   struct differences *out)
{
	if (cJSON_IsObject(first.node) && cJSON_IsObject(second.node))
		return compare_objects(pointer, first, second, out);
	if (cJSON_IsArray(first.node) && cJSON_IsArray(second.node))
		return compare_arrays(pointer, first, second, out);
	if (first.node && second.node && cJSON_Compare(first.node, second.node, true))
		return 0;
	return note(out, pointer, first.node ? first : (struct diff_tree){0},
	            second.node ? second : (struct diff_tree){0}, false);
}

int config_diff(struct diff_tree first, struct diff_tree second, struct differences *out)
{
	return compare("", first, second, out);
}

void differences_release(struct differences *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->items[i].pointer);
	free(d->items);
	*d = (struct differences){0};
}
