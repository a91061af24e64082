/* SPDX-License-Identifier: MIT */
/* The lists of struct vmconfig: growing them, finding in them, freeing them. */
#ifndef VMCONFIG_LIST_H
#define VMCONFIG_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "vmconfig.h"

/*
 * list_grow() - room for one more item in an array that doubles as it grows.
 * @items: the array, may be NULL when @count is 0
 * @count: items in it now
 * @size:  bytes of one item
 *
 * The new item is not initialised and @count is not changed.
 *
 * Return: the array, perhaps moved, or NULL when out of memory (@items stays valid).
 */
void *list_grow(void *items, size_t count, size_t size);

/* strlist_add() - append a copy of @s. Return: 0 or -ENOMEM. */
int strlist_add(struct strlist *list, const char *s);
/* strlist_copy() - replace @to by a copy of @from. Return: 0 or -ENOMEM. */
int strlist_copy(struct strlist *to, const struct strlist *from);
bool strlist_contains(const struct strlist *list, const char *s);
void strlist_release(struct strlist *list);

/* strmap_set() - give @name a value; one that stands already keeps its place. Return: 0 or -ENOMEM.
 */
int strmap_set(struct strmap *map, const char *name, const char *value);
/* strmap_append() - as strmap_set(), for a name known to be new: constant time. */
int strmap_append(struct strmap *map, const char *name, const char *value);
/* strmap_get() - the value, or NULL. */
const char *strmap_get(const struct strmap *map, const char *name);
void strmap_unset(struct strmap *map, const char *name);
void strmap_release(struct strmap *map);

#endif
