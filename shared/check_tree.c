/* SPDX-License-Identifier: MIT */
/* Rules about what is put into the guest's root. */
#include <string.h>

#include "base64.h"
#include "check.h"
#include "contract.h"

enum { DEVICE_C = 1, DEVICE_B, DEVICE_U, DEVICE_P };

static void check_devices(const struct check *c)
{
	for (size_t i = 0; i < c->cfg->devices.count; i++) {
		const struct device_node *node = &c->cfg->devices.items[i];

		if (node->type && node->type != DEVICE_P && !(node->major.set && node->minor.set))
			error_at(c, "device", "needs 'major' and 'minor'", "/devices/%zu", i);
	}
}

static void check_file(const struct check *c, const struct file *file, size_t i)
{
	if (file->content && file->content_base64)
		error_at(c, "file", "has both 'content' and 'content_base64'", "/files/%zu", i);
	if (file->content && strlen(file->content) > MAX_FILE_BYTES)
		error_at(c, "file", "is longer than 1 MiB: use a volume", "/files/%zu/content", i);
	if (file->content_base64 && base64_size(file->content_base64) > (ssize_t)MAX_FILE_BYTES)
		error_at(c, "file", "is longer than 1 MiB: use a volume",
		         "/files/%zu/content_base64", i);
	if (file->path && (file->path[strlen(file->path) - 1] == '/'))
		error_at(c, "file", "names a directory", "/files/%zu/path", i);
}

void check_tree(const struct check *c)
{
	check_devices(c);
	for (size_t i = 0; i < c->cfg->files.count; i++)
		check_file(c, &c->cfg->files.items[i], i);
}
