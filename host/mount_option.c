/* SPDX-License-Identifier: MIT */
/*
 * --mount, read key by key from a table. What comes out is a mount of OCI, as a
 * bundle would have it, or a volume.
 */
#include "mount_option.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "formats.h"
#include "guest_path.h"
#include "list.h"
#include "option.h"
#include "overrides.h"
#include "records.h"

enum key_type {
	KEY_TYPE,
	KEY_SOURCE,
	KEY_TARGET,
	KEY_READONLY,
	KEY_OPTION,
	KEY_PROPAGATION,
};

static const struct mount_key {
	const char *name;
	enum key_type type;
	const char *prefix; /* what the mount's option has before the value */
	const char *of;     /* the one type that has it, or NULL */
} keys[] = {
    {"type", KEY_TYPE, NULL, NULL},
    {"source", KEY_SOURCE, NULL, NULL},
    {"src", KEY_SOURCE, NULL, NULL},
    {"target", KEY_TARGET, NULL, NULL},
    {"destination", KEY_TARGET, NULL, NULL},
    {"dst", KEY_TARGET, NULL, NULL},
    {"readonly", KEY_READONLY, NULL, NULL},
    {"ro", KEY_READONLY, NULL, NULL},
    {"option", KEY_OPTION, "", NULL},
    {"tmpfs-size", KEY_OPTION, "size=", "tmpfs"},
    {"tmpfs-mode", KEY_OPTION, "mode=", "tmpfs"},
    {"bind-propagation", KEY_PROPAGATION, "", "bind"},
};

/* The mount being read. */
struct given {
	struct oci_mount mount;
	const struct mount_key *limited; /* a key that one type only has */
	bool readonly;
};

static void given_release(struct given *g)
{
	free(g->mount.destination);
	free(g->mount.type);
	free(g->mount.source);
	strlist_release(&g->mount.options);
}

static const struct mount_key *find_key(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0)
			return &keys[i];
	return NULL;
}

static int store_once(const struct option_row *row, const struct mount_key *key, char **string,
                      const char *value)
{
	if (*string)
		return option_error(row, "'%s' is given more than once", key->name);
	return option_set_string(row, string, value);
}

static int store_target(const struct option_row *row, const struct mount_key *key, char **target,
                        const char *value)
{
	const char *complaint = format_absolute_path.complain(value);
	_cleanup_free_ char *clean = NULL;

	if (complaint)
		return option_error(row, "%s '%s' %s", key->name, value, complaint);
	clean = guest_path_clean(value);
	if (!clean)
		return fail_errno(ENOMEM, "--%s", row->name);
	if (strcmp(clean, "/") == 0)
		return option_error(row, "%s '%s' is the root, which --root is for", key->name,
		                    value);
	return store_once(row, key, target, clean);
}

/* "readonly", or as Docker reads it, "readonly=true". */
static int store_readonly(const struct option_row *row, const struct mount_key *key, bool *readonly,
                          const char *value)
{
	if (value && strcmp(value, "true") != 0 && strcmp(value, "1") != 0 &&
	    strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
		return option_error(row, "%s '%s' is none of true, false", key->name, value);
	*readonly = !value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
	return 0;
}

/* What the words of --mount itself say, in the place of an option. */
static bool is_ours(const char *option)
{
	static const char *const words[] = {"bind", "rbind", "remount"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(option, words[i]) == 0)
			return true;
	return false;
}

static bool is_propagation(const char *value)
{
	for (const char *const *word = propagations; *word; word++)
		if (strcmp(value, *word) == 0 || (value[0] == 'r' && strcmp(value + 1, *word) == 0))
			return true;
	return false;
}

static int store_option(const struct option_row *row, const struct mount_key *key, struct given *g,
                        const char *value)
{
	_cleanup_free_ char *word = NULL;

	if (key->type == KEY_PROPAGATION && !is_propagation(value))
		return option_error(row,
		                    "%s '%s' is none of private, slave, shared, unbindable, "
		                    "each with or without an 'r' before it",
		                    key->name, value);
	if (!key->of && is_ours(value))
		return option_error(row, "'%s' is no option here: 'type=bind' binds", value);
	if (key->of)
		g->limited = key;
	if (asprintf(&word, "%s%s", key->prefix, value) < 0) {
		word = NULL;
		return fail_errno(ENOMEM, "--%s", row->name);
	}
	return option_add_string(row, &g->mount.options, word);
}

static int store_key(const struct option_row *row, const struct mount_key *key, struct given *g,
                     const char *value)
{
	if (key->type == KEY_READONLY)
		return store_readonly(row, key, &g->readonly, value);
	if (!value || !*value)
		return option_error(row, "'%s' is empty", key->name);
	switch (key->type) {
	case KEY_TYPE:
		return store_once(row, key, &g->mount.type, value);
	case KEY_SOURCE:
		return store_once(row, key, &g->mount.source, value);
	case KEY_TARGET:
		return store_target(row, key, &g->mount.destination, value);
	default:
		return store_option(row, key, g, value);
	}
}

/* @words is the caller's copy. */
static int parse_words(const struct option_row *row, struct given *g, char *words)
{
	char *word;
	int r = 0;

	while (r == 0 && (word = strsep(&words, ","))) {
		size_t length = strcspn(word, "=");
		const struct mount_key *key = find_key(word, length);

		if (!key)
			return option_error(row, "unknown key '%.*s'", (int)length, word);
		r = store_key(row, key, g, word[length] ? word + length + 1 : NULL);
	}
	return r;
}

/* A relative source is one of the current directory, wherever the machine is started from. */
static int make_absolute(const struct option_row *row, char **source)
{
	_cleanup_free_ char *here = NULL;
	char *path;

	if ((*source)[0] == '/')
		return 0;
	here = getcwd(NULL, 0);
	if (!here)
		return fail_errno(errno, "cannot tell the current directory");
	if (asprintf(&path, "%s/%s", here, *source) < 0)
		return fail_errno(ENOMEM, "--%s", row->name);
	free(*source);
	*source = path;
	return 0;
}

static int add_volume(const struct option_row *row, struct given *g, struct vmconfig *cfg)
{
	struct volume *items;
	const char *complaint = format_device.complain(g->mount.source);

	if (complaint)
		return option_error(row, "source '%s' %s", g->mount.source, complaint);
	if (g->mount.options.count)
		return option_error(row, "a volume takes no 'option'");
	items = list_grow(cfg->volume_mounts.items, cfg->volume_mounts.count, sizeof(*items));
	if (!items)
		return fail_errno(ENOMEM, "--%s", row->name);
	cfg->volume_mounts.items = items;
	items[cfg->volume_mounts.count++] =
	    (struct volume){.device = steal_ptr(&g->mount.source),
	                    .path = steal_ptr(&g->mount.destination),
	                    .mode = g->readonly ? VOLUME_RO : VOLUME_RW};
	return 0;
}

static int add_mount(const struct option_row *row, struct given *g, struct oci_mount_list *list)
{
	struct oci_mount *items;

	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].destination, g->mount.destination) == 0)
			return option_error(row, "there is one at '%s' already",
			                    g->mount.destination);
	if (g->readonly && strlist_add(&g->mount.options, "ro") < 0)
		return fail_errno(ENOMEM, "--%s", row->name);
	items = list_grow(list->items, list->count, sizeof(*items));
	if (!items)
		return fail_errno(ENOMEM, "--%s", row->name);
	list->items = items;
	items[list->count++] = g->mount;
	g->mount = (struct oci_mount){0};
	return 0;
}

static int finish(const struct option_row *row, struct given *g, struct overrides *o)
{
	static const char *const sourceless[] = {"tmpfs",  "proc",    "sysfs",  "devpts",
	                                         "mqueue", "cgroup2", "overlay"};
	struct oci_mount *mount = &g->mount;
	bool needs_source = true;
	int r = 0;

	if (!mount->destination)
		return option_error(row, "'target' is missing");
	if (!mount->type)
		r = option_set_string(row, &mount->type, "volume");
	if (r < 0)
		return r;
	if (g->limited && strcmp(g->limited->of, mount->type) != 0)
		return option_error(row, "'%s' is for type %s, not %s", g->limited->name,
		                    g->limited->of, mount->type);
	for (size_t i = 0; i < sizeof(sourceless) / sizeof(*sourceless); i++)
		needs_source = needs_source && strcmp(mount->type, sourceless[i]) != 0;
	if (needs_source && !mount->source)
		return option_error(row, "'source' is missing");
	if (!mount->source)
		r = option_set_string(row, &mount->source, mount->type);
	if (r == 0 && strcmp(mount->type, "bind") == 0)
		r = make_absolute(row, &mount->source);
	if (r < 0)
		return r;
	return strcmp(mount->type, "volume") == 0 ? add_volume(row, g, &o->config)
	                                          : add_mount(row, g, &o->mounts);
}

int mount_option_add(const struct option_row *row, struct overrides *o, const char *value)
{
	_cleanup_free_ char *words = strdup(value);
	struct given g = {0};
	int r;

	if (!words)
		return fail_errno(ENOMEM, "--%s", row->name);
	r = parse_words(row, &g, words);
	if (r == 0)
		r = finish(row, &g, o);
	given_release(&g);
	return r;
}
