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

int image_volumes_read(struct document *d, const struct strlist *paths, struct vmconfig *cfg)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < paths->count; i++) {
		_cleanup_free_ char *path = guest_path_clean(paths->items[i]);

		if (!path)
			return -ENOMEM;
		if (strcmp(path, "/") == 0) {
			document_note(d, SEVERITY_WARNING, "volume", "/config/Volumes",
			              "'%.256s' is the root, left out", paths->items[i]);
			continue;
		}
		if (paths->items[i][0] != '/')
			document_note(d, SEVERITY_WARNING, "volume", "/config/Volumes",
			              "'%.256s' is relative, '%.256s' is taken", paths->items[i],
			              path);
		r = add_tmpfs(cfg, path);
	}
	return r;
}

/* Whether @path is @above or in it. */
static bool is_in(const char *path, const char *above)
{
	size_t length = strlen(above);

	return strncmp(path, above, length) == 0 && (path[length] == '/' || !path[length]);
}

static bool is_taken(const struct vmconfig *cfg, const char *destination)
{
	for (size_t i = 0; i < cfg->volume_mounts.count; i++)
		if (is_in(cfg->volume_mounts.items[i].path, destination))
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
