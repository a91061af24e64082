/* SPDX-License-Identifier: MIT */
/*
 * Where a config puts things in the guest's tree. The guest refuses most of
 * this as well, but a boot later; the rest it would do, one over the other.
 */
#include "places.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cleanup.h"
#include "list.h"
#include "path.h"
#include "problem.h"

/* In the order in which two at one place are looked at. */
enum kind { VOLUME, MOUNT, DEVICE, FILE_ };

static const struct {
	const char *pointer; /* printf form */
	const char *twice;   /* what is wrong with a second one, or NULL */
} kinds[] = {
    [VOLUME] = {"/volume_mounts/%zu/path", NULL}, /* vmconfig_check() does */
    [MOUNT] = {"/mounts/%zu/destination", NULL},  /* they are stacked, as OCI has it */
    [DEVICE] = {"/devices/%zu/path", "is the place of an earlier device"},
    [FILE_] = {"/files/%zu/path", "is the place of an earlier file"},
};

struct thing {
	const char *path;
	enum kind kind;
	size_t index;
};

struct things {
	struct thing *items;
	size_t count;
};

static int compare_things(const void *a, const void *b)
{
	const struct thing *x = a, *y = b;
	int order = path_compare(x->path, y->path);

	if (order == 0 && x->kind != y->kind)
		order = x->kind < y->kind ? -1 : 1;
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void add(struct things *list, const char *path, enum kind kind, size_t index)
{
	if (path)
		list->items[list->count++] = (struct thing){path, kind, index};
}

/* One that is only changed does not cover anything. */
static bool is_remount(const struct mount_row *mount)
{
	return strlist_contains(&mount->options, "remount");
}

static bool gather(struct things *list, const struct vmconfig *cfg)
{
	list->items = calloc(cfg->volume_mounts.count + cfg->mounts.count + cfg->devices.count +
	                         cfg->files.count + 1,
	                     sizeof(*list->items));
	if (!list->items)
		return false;
	for (size_t i = 0; i < cfg->volume_mounts.count; i++)
		add(list, cfg->volume_mounts.items[i].path, VOLUME, i);
	for (size_t i = 0; i < cfg->mounts.count; i++)
		if (!is_remount(&cfg->mounts.items[i]))
			add(list, cfg->mounts.items[i].destination, MOUNT, i);
	for (size_t i = 0; i < cfg->devices.count; i++)
		add(list, cfg->devices.items[i].path, DEVICE, i);
	for (size_t i = 0; i < cfg->files.count; i++)
		add(list, cfg->files.items[i].path, FILE_, i);
	qsort(list->items, list->count, sizeof(*list->items), compare_things);
	return true;
}

static void note(const struct check *c, const char *rule, const char *message,
                 const struct thing *thing)
{
	error_at(c, rule, message, kinds[thing->kind].pointer, thing->index);
}

static void check_twice(const struct check *c, const struct things *list)
{
	for (size_t i = 1; i < list->count; i++) {
		const struct thing *thing = &list->items[i];

		if (kinds[thing->kind].twice && thing->kind == thing[-1].kind &&
		    path_compare(thing->path, thing[-1].path) == 0)
			note(c, "duplicate", kinds[thing->kind].twice, thing);
	}
}

/* /proc, /sys and /dev are there already, and no place for anything that is not the kernel's. */
static void check_kernels(const struct check *c, const struct thing *thing)
{
	const char *path = thing->path;

	if (thing->kind == MOUNT) {
		if (path_is_below("/", path))
			note(c, "mount", "is the root filesystem's place", thing);
		return;
	}
	if (path_is_below(path, "/proc") || path_is_below(path, "/sys") ||
	    path_compare(path, "/dev") == 0)
		note(c, thing->kind == VOLUME ? "volume" : "file", "is a place of the kernel's own",
		     thing);
}

/* /dev and /run have what init put there: a mount of theirs takes its place, or changes it. */
static bool covers(const char *mount)
{
	return path_compare(mount, "/dev") != 0 && path_compare(mount, "/run") != 0;
}

static const struct thing *find_mount(const struct things *list, const char *path)
{
	const struct thing wanted = {path, MOUNT, 0};
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_things(&list->items[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < list->count && list->items[low].kind == MOUNT &&
	    path_compare(list->items[low].path, path) == 0)
		return &list->items[low];
	return NULL;
}

/* Mounts come after volumes: one at the same place, or above, would hide the volume. */
static void check_hidden(const struct check *c, const struct things *list, const char *volume)
{
	_cleanup_free_ char *path = strdup(volume);

	if (!path) {
		c->problems->out_of_memory = true;
		return;
	}
	for (size_t end = strlen(path); end > 0; end--) {
		const struct thing *mount;

		if (path[end] && path[end] != '/')
			continue;
		path[end] = '\0';
		mount = end && path[end - 1] == '/' ? NULL : find_mount(list, path);
		if (mount && covers(mount->path)) {
			note(c, "duplicate", "would hide a volume, which is mounted before", mount);
			return;
		}
	}
}

void places_check(const struct vmconfig *cfg, const struct json_doc *doc, struct problems *p)
{
	const struct check c = {cfg, doc, p};
	struct things list = {0};

	if (!gather(&list, cfg)) {
		p->out_of_memory = true;
		return;
	}
	check_twice(&c, &list);
	for (size_t i = 0; i < list.count; i++) {
		check_kernels(&c, &list.items[i]);
		if (list.items[i].kind == VOLUME)
			check_hidden(&c, &list, list.items[i].path);
	}
	free(list.items);
}

int config_check(const struct vmconfig *cfg, const struct json_doc *doc, struct problems *p)
{
	vmconfig_check(cfg, doc, p);
	places_check(cfg, doc, p);
	return problems_result(p);
}
