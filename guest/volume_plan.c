/* SPDX-License-Identifier: MIT */
/* The order in which volumes are mounted; pure. */
#include "volume_plan.h"

#include <stdlib.h>
#include <string.h>

#include "vmconfig.h"

static size_t depth(const char *path)
{
	size_t n = 0;

	for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
		path += strcspn(path, "/");
		n++;
	}
	return n;
}

/* A parent is less deep than its child; the order of the list settles the rest. */
static int compare(const void *a, const void *b)
{
	const struct volume *const *x = a, *const *y = b;
	size_t m = depth((*x)->path), n = depth((*y)->path);

	if (m != n)
		return m < n ? -1 : 1;
	return *x < *y ? -1 : *x > *y;
}

const struct volume **volume_plan(const struct vmconfig *cfg)
{
	size_t count = cfg->volume_mounts.count;
	const struct volume **plan = calloc(count + 1, sizeof(*plan));

	if (!plan)
		return NULL;
	for (size_t i = 0; i < count; i++)
		plan[i] = &cfg->volume_mounts.items[i];
	qsort(plan, count, sizeof(*plan), compare);
	return plan;
}
