/* SPDX-License-Identifier: MIT */
/* Refusing what the seed schema's guest would silently ignore. */
#include "compat_seed.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "list.h"
#include "problem.h"
#include "record.h"
#include "vm.h"

static void refuse(struct problems *p, const char *pointer, const char *message)
{
	struct place place = {.pointer = pointer};

	problem_add(p, SEVERITY_ERROR, "compat-seed", &place, "%s", message);
}

/* Rows that are set and that the seed schema has not. What a reader is told about the schema itself
 * is not written at all, and how to report is said by the VM's ports. */
static void check_rows(struct problems *p, const struct record *rec, const void *in,
                       const char *parent)
{
	static const char *const silent[] = {"version", "requires", "report", "annotations", NULL};
	char pointer[128];

	for (const struct field *f = rec->fields; f->key; f++) {
		bool said = false;

		if (f->flags & FIELD_SEED || !field_is_set(f, in))
			continue;
		for (size_t i = 0; silent[i]; i++)
			said |= strcmp(silent[i], f->key) == 0;
		if (said)
			continue;
		snprintf(pointer, sizeof(pointer), "%s/%s", parent, f->key);
		refuse(p, pointer, "the seed schema has no such field: its guest would ignore it");
	}
}

static void check_device(struct problems *p, const char *device, size_t index, const char *key)
{
	char pointer[64];

	if (!device || strncmp(device, "/dev/", 5) == 0)
		return;
	snprintf(pointer, sizeof(pointer), "/volume_mounts/%zu/%s", index, key);
	refuse(p, pointer, "the seed schema's guest takes /dev/NAME only");
}

static void check_volumes(struct problems *p, const struct vmconfig *cfg, const struct record *rec)
{
	for (size_t i = 0; i < cfg->volume_mounts.count; i++) {
		const struct volume *v = &cfg->volume_mounts.items[i];
		char parent[64];

		snprintf(parent, sizeof(parent), "/volume_mounts/%zu", i);
		check_rows(p, rec, v, parent);
		check_device(p, v->device, i, "device");
		check_device(p, v->overlay_device, i, "overlay_device");
	}
}

static const struct record *volume_rows(void)
{
	const struct field *f = vmconfig_record.fields;

	while (strcmp(f->key, "volume_mounts") != 0)
		f++;
	return f->record;
}

int compat_seed(struct request *r)
{
	struct vmconfig *cfg = &r->config;
	struct problems problems = {0};
	int result;

	check_rows(&problems, &vmconfig_record, cfg, "");
	check_volumes(&problems, cfg, volume_rows());
	result = problems_result(&problems);
	print_problems("--compat seed", &problems);
	problems_release(&problems);
	if (result == 0 && cfg->annotations.count)
		warn("--compat seed: 'annotations' are left out, the seed schema has none");
	strmap_release(&cfg->annotations);
	strlist_release(&cfg->requires);
	cfg->version.set = false;
	return result;
}
