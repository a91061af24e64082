/* SPDX-License-Identifier: MIT */
/* The mounts of --mount, and what gives way to them. */
#include "given_mounts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "oci_mounts.h"
#include "oci_runtime_doc.h"
#include "path.h"
#include "record.h"
#include "vm.h"

static const struct field *find_field(const struct record *record, const char *key)
{
	const struct field *f = record->fields;

	while (f->key && strcmp(f->key, key) != 0)
		f++;
	return f;
}

/* Take those out of the list under @key whose @member is @path. */
static void remove_at(struct vmconfig *cfg, const char *key, const char *member, const char *path)
{
	const struct field *list = find_field(&vmconfig_record, key);
	const size_t at = find_field(list->record, member)->offset, size = list->record->size;
	size_t *count = (size_t *)((char *)cfg + list->count);
	char *items = *(char **)((char *)cfg + list->offset);

	for (size_t i = *count; i-- > 0;) {
		char *item = items + i * size;
		const char *own = *(char **)(item + at);

		if (!own || path_compare(own, path) != 0)
			continue;
		record_release(list->record, item);
		(*count)--;
		memmove(item, item + size, (*count - i) * size);
	}
}

void mounts_yield(struct vmconfig *cfg, const char *path)
{
	remove_at(cfg, "mounts", "destination", path);
}

static bool is_below(const char *path, const char *above)
{
	return path && path_is_below(path, above) && path_compare(path, above) != 0;
}

/* What is mounted below the last must come after it, or it would be hidden. */
static void put_last_above(struct vmconfig *cfg)
{
	struct mount_row *items = cfg->mounts.items;
	size_t last = cfg->mounts.count - 1, i = 0;
	const struct mount_row moved = items[last];

	while (i < last && !is_below(items[i].destination, moved.destination))
		i++;
	memmove(&items[i + 1], &items[i], (last - i) * sizeof(*items));
	items[i] = moved;
}

static int apply(struct oci_mount *mount, size_t index, struct document *d, struct request *r)
{
	struct vmconfig *cfg = &r->config;
	size_t before;
	int result;

	mounts_yield(cfg, mount->destination);
	remove_at(cfg, "files", "path", mount->destination);
	remove_at(cfg, "volume_mounts", "path", mount->destination);
	before = cfg->mounts.count;
	result = oci_mount_move_given(d, mount, index, r);
	if (result == 0 && cfg->mounts.count > before)
		put_last_above(cfg);
	return result;
}

int given_mounts_apply(struct oci_mount_list *given, struct document *d, struct request *r)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < given->count; i++)
		result = apply(&given->items[i], i, d, r);
	return result;
}

void given_mounts_release(struct oci_mount_list *given)
{
	for (size_t i = 0; i < given->count; i++) {
		free(given->items[i].destination);
		free(given->items[i].type);
		free(given->items[i].source);
		strlist_release(&given->items[i].options);
	}
	free(given->items);
	*given = (struct oci_mount_list){0};
}
