/* SPDX-License-Identifier: MIT */
/* Volumes of an image. */
#include "image_volumes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "guest_path.h"
#include "list.h"
#include "path.h"

static int add_tmpfs(struct vmconfig *cfg, const char *path)
{
	static const char *const options[] = {"nosuid", "nodev", "tmpcopyup"};
	struct mount_row *items =
	    list_grow(cfg->mounts.items, cfg->mounts.count, sizeof(*cfg->mounts.items));
	struct mount_row *mount;
	int r = 0;

	if (!items)
		return -ENOMEM;
	cfg->mounts.items = items;
	mount = &items[cfg->mounts.count++];
	*mount = (struct mount_row){
	    .destination = strdup(path), .type = strdup("tmpfs"), .source = strdup("tmpfs")};
	for (size_t i = 0; r == 0 && i < sizeof(options) / sizeof(*options); i++)
		r = strlist_add(&mount->options, options[i]);
	return mount->destination && mount->type && mount->source ? r : -ENOMEM;
}

/* Where a volume of an image cannot be, though builders let it be written. Return: why, or NULL. */
static const char *complain(const char *path)
{
	if (strcmp(path, "/") == 0)
		return "is the root";
	if (path_is_below(path, "/proc") || path_is_below(path, "/sys") ||
	    strcmp(path, "/dev") == 0)
		return "is a place of the kernel's own";
	return NULL;
}

static int clean(struct document *d, const char *given, struct strlist *cleaned)
{
	_cleanup_free_ char *path = guest_path_clean(given);
	const char *complaint = path ? complain(path) : NULL;

	if (!path)
		return -ENOMEM;
	if (complaint) {
		document_note(d, SEVERITY_WARNING, "volume", "/config/Volumes",
		              "'%.256s' %s, left out", given, complaint);
		return 0;
	}
	if (given[0] != '/')
		document_note(d, SEVERITY_WARNING, "volume", "/config/Volumes",
		              "'%.256s' is relative, '%.256s' is taken", given, path);
	return strlist_add(cleaned, path);
}

static int compare(const void *a, const void *b)
{
	return path_compare(*(char *const *)a, *(char *const *)b);
}

/* The members of an object have no order: what is below another must be mounted after it. */
int image_volumes_read(struct document *d, const struct strlist *paths, struct vmconfig *cfg)
{
	struct strlist cleaned = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < paths->count; i++)
		r = clean(d, paths->items[i], &cleaned);
	if (cleaned.count)
		qsort(cleaned.items, cleaned.count, sizeof(*cleaned.items), compare);
	for (size_t i = 0; r == 0 && i < cleaned.count; i++)
		if (i == 0 || strcmp(cleaned.items[i], cleaned.items[i - 1]) != 0)
			r = add_tmpfs(cfg, cleaned.items[i]);
	strlist_release(&cleaned);
	return r;
}

static bool is_taken(const struct vmconfig *cfg, const char *destination)
{
	for (size_t i = 0; i < cfg->volume_mounts.count; i++)
		if (path_is_below(cfg->volume_mounts.items[i].path, destination))
			return true;
	return false;
}

void image_volumes_yield(struct vmconfig *cfg)
{
	size_t kept = 0;

	for (size_t i = 0; i < cfg->mounts.count; i++) {
		struct mount_row *mount = &cfg->mounts.items[i];

		if (!strlist_contains(&mount->options, "tmpcopyup") ||
		    !is_taken(cfg, mount->destination)) {
			cfg->mounts.items[kept++] = *mount;
			continue;
		}
		free(mount->destination);
		free(mount->type);
		free(mount->source);
		strlist_release(&mount->options);
	}
	cfg->mounts.count = kept;
}
