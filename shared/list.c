/* SPDX-License-Identifier: MIT */
/* The lists of struct vmconfig. */
#include "list.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *list_grow(void *items, size_t count, size_t size)
{
	size_t room = count ? count * 2 : 4;

	/* Full exactly when the count is a power of two from 4 on: no capacity to keep beside it.
	 */
	if (count && (count < 4 || (count & (count - 1))))
		return items;
	if (count > SIZE_MAX / 2 / size)
		return NULL;
	return realloc(items, room * size);
}

int strlist_add(struct strlist *list, const char *s)
{
	char **items = list_grow(list->items, list->count, sizeof(*items));

	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->count] = strdup(s);
	if (!items[list->count])
		return -ENOMEM;
	list->count++;
	return 0;
}

int strlist_copy(struct strlist *to, const struct strlist *from)
{
	struct strlist copy = {0};

	for (size_t i = 0; i < from->count; i++) {
		int r = strlist_add(&copy, from->items[i]);

		if (r < 0) {
			strlist_release(&copy);
			return r;
		}
	}
	strlist_release(to);
	*to = copy;
	return 0;
}

bool strlist_contains(const struct strlist *list, const char *s)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], s) == 0)
			return true;
	return false;
}

void strlist_release(struct strlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strlist){0};
}

static struct strpair *strmap_find(const struct strmap *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->items[i].name, name) == 0)
			return &map->items[i];
	return NULL;
}

int strmap_set(struct strmap *map, const char *name, const char *value)
{
	struct strpair *pair = strmap_find(map, name);
	char *copy;

	if (!pair)
		return strmap_append(map, name, value);
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	free(pair->value);
	pair->value = copy;
	return 0;
}

int strmap_append(struct strmap *map, const char *name, const char *value)
{
	struct strpair *items = list_grow(map->items, map->count, sizeof(*items));
	struct strpair new;

	if (!items)
		return -ENOMEM;
	map->items = items;
	new.name = strdup(name);
	new.value = strdup(value);
	if (!new.name || !new.value) {
		free(new.name);
		free(new.value);
		return -ENOMEM;
	}
	items[map->count++] = new;
	return 0;
}

const char *strmap_get(const struct strmap *map, const char *name)
{
	const struct strpair *pair = strmap_find(map, name);

	return pair ? pair->value : NULL;
}

void strmap_unset(struct strmap *map, const char *name)
{
	struct strpair *pair = strmap_find(map, name);

	if (!pair)
		return;
	free(pair->name);
	free(pair->value);
	memmove(pair, pair + 1, (size_t)(map->items + map->count - (pair + 1)) * sizeof(*pair));
	map->count--;
}

void strmap_release(struct strmap *map)
{
	for (size_t i = 0; i < map->count; i++) {
		free(map->items[i].name);
		free(map->items[i].value);
	}
	free(map->items);
	*map = (struct strmap){0};
}
