/* SPDX-License-Identifier: MIT */
/* Extended attributes of a file. */
#include "xattrs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "list.h"

static int set_value(struct xattr *x, const void *value, size_t length)
{
	unsigned char *copy = malloc(length + 1);

	if (!copy)
		return -ENOMEM;
	if (length)
		memcpy(copy, value, length);
	free(x->value);
	x->value = copy;
	x->length = length;
	return 0;
}

/* Where @name stands, or should. */
static size_t position(const struct xattrs *x, const char *name)
{
	size_t i = 0;

	while (i < x->count && strcmp(x->items[i].name, name) < 0)
		i++;
	return i;
}

int xattrs_set(struct xattrs *x, const char *name, const void *value, size_t length)
{
	size_t at = position(x, name);
	struct xattr new = {0};
	struct xattr *items;

	if (at < x->count && strcmp(x->items[at].name, name) == 0)
		return set_value(&x->items[at], value, length);
	items = list_grow(x->items, x->count, sizeof(*items));
	if (!items)
		return -ENOMEM;
	x->items = items;
	new.name = strdup(name);
	if (!new.name || set_value(&new, value, length) < 0) {
		free(new.name);
		return -ENOMEM;
	}
	memmove(items + at + 1, items + at, (x->count - at) * sizeof(*items));
	items[at] = new;
	x->count++;
	return 0;
}

const struct xattr *xattrs_find(const struct xattrs *x, const char *name)
{
	size_t at = position(x, name);

	return at < x->count && strcmp(x->items[at].name, name) == 0 ? &x->items[at] : NULL;
}

void xattrs_release(struct xattrs *x)
{
	for (size_t i = 0; i < x->count; i++) {
		free(x->items[i].name);
		free(x->items[i].value);
	}
	free(x->items);
	*x = (struct xattrs){0};
}

bool xattr_is_storable(const char *name)
{
	static const char *const prefixes[] = {"security.", "trusted.", "user."};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t length = strlen(prefixes[i]);

		if (strncmp(name, prefixes[i], length) == 0)
			return name[length] && strlen(name) <= 255;
	}
	return strcmp(name, ACL_ACCESS_XATTR) == 0 || strcmp(name, ACL_DEFAULT_XATTR) == 0;
}
