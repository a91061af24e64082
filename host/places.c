/* SPDX-License-Identifier: MIT */
/*
 * Where a config puts things in the guest's tree. The guest refuses most of
 * this as well, but a boot later; the rest it would do, one over the other.
 */
#include "places.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cleanup.h"
#include "json.h"
#include "list.h"
#include "path.h"
#include "problem.h"

/* In the order in which two at one place are looked at: a mount hides the volume there as well. */
enum kind { MOUNT, VOLUME, DEVICE, FILE_ };

static const struct {
	const char *pointer; /* printf form */
	const char *twice;   /* what is wrong with a second one, or NULL */
	enum severity severity;
} kinds[] = {
    [VOLUME] = {"/volume_mounts/%zu/path", NULL}, /* vmconfig_check() does */
    [MOUNT] = {"/mounts/%zu/destination", NULL},  /* they are stacked, as OCI has it */
    [DEVICE] = {"/devices/%zu/path", "is the place of an earlier device", SEVERITY_ERROR},
    [FILE_] = {"/files/%zu/path", "replaces an earlier file",
               SEVERITY_WARNING}, /* as one mount covers another */
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

static void note_as(const struct check *c, enum severity severity, const char *rule,
                    const char *message, const struct thing *thing)
{
	char pointer[64];
	struct place place;

	snprintf(pointer, sizeof(pointer), kinds[thing->kind].pointer, thing->index);
	place = json_place(c->doc, json_find(c->doc, pointer), pointer);
	problem_add(c->problems, severity, rule, &place, "%s", message);
}

static void note(const struct check *c, const char *rule, const char *message,
                 const struct thing *thing)
{
	note_as(c, SEVERITY_ERROR, rule, message, thing);
}

/* Engines list a device more than once. */
static bool is_same_device(const struct vmconfig *cfg, const struct thing *a, const struct thing *b)
{
	const struct device_node *x, *y;

	if (a->kind != DEVICE || b->kind != DEVICE)
		return false;
	x = &cfg->devices.items[a->index];
	y = &cfg->devices.items[b->index];
	return x->type == y->type && x->major.value == y->major.value &&
	       x->minor.value == y->minor.value;
}

static void check_twice(const struct check *c, const struct things *list)
{
	for (size_t i = 1; i < list->count; i++) {
		const struct thing *thing = &list->items[i];

		if (kinds[thing->kind].twice && thing->kind == thing[-1].kind &&
		    path_compare(thing->path, thing[-1].path) == 0 &&
		    !is_same_device(c->cfg, thing, &thing[-1]))
			note_as(c, kinds[thing->kind].severity, "duplicate",
			        kinds[thing->kind].twice, thing);
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

/* /dev, and /run of an image's own init, stay as init has made them: only options change. */
static bool covers(const struct vmconfig *cfg, const struct thing *mount)
{
	const char *type = cfg->mounts.items[mount->index].type;

	if (!type)
		return true;
	if (path_compare(mount->path, "/dev") == 0)
		return strcmp(type, "tmpfs") != 0 && strcmp(type, "devtmpfs") != 0;
	if (path_compare(mount->path, "/run") == 0 && cfg->init_mode == INIT_MODE_SYSTEMD)
		return strcmp(type, "tmpfs") != 0;
	return true;
}

/*
 * Mounts come after volumes: one at the same place, or above, would hide the
 * volume. In the order of a tree what is below a mount stands right behind it,
 * so that the mounts above what is at hand are a stack.
 */
static void check_hidden(const struct check *c, const struct things *list)
{
	_cleanup_free_ const struct thing **above = calloc(list->count + 1, sizeof(*above));
	size_t depth = 0;

	if (!above) {
		c->problems->out_of_memory = true;
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct thing *thing = &list->items[i];

		while (depth && !path_is_below(thing->path, above[depth - 1]->path))
			depth--;
		if (thing->kind == MOUNT && covers(c->cfg, thing))
			above[depth++] = thing;
		else if (thing->kind == VOLUME && depth)
			note(c, "duplicate", "would hide a volume, which is mounted before",
			     above[--depth]); /* and is not said of it again */
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
	for (size_t i = 0; i < list.count; i++)
		check_kernels(&c, &list.items[i]);
	check_hidden(&c, &list);
	free(list.items);
}

int config_check(const struct vmconfig *cfg, const struct json_doc *doc, struct problems *p)
{
	vmconfig_check(cfg, doc, p);
	places_check(cfg, doc, p);
	return problems_result(p);
}
