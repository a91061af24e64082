/* SPDX-License-Identifier: MIT */
/* INPUT: from an option to a request. */
#include "input.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "contract.h"
#include "disk.h"
#include "document.h"
#include "error.h"
#include "oci_image.h"
#include "oci_layout.h"
#include "oci_runtime.h"
#include "vm.h"

static int set_input(const struct option_row *row, void *member, const char *value)
{
	struct input *in = member;

	if (in->kind)
		return option_error(row, "another INPUT is given already, '%s'", in->argument);
	if (!*value)
		return option_error(row, "the name is empty");
	in->kind = row->value;
	in->argument = value;
	return 0;
}

const struct option_row input_options[] = {
    {"bundle", 0, "DIR", "an OCI runtime bundle", set_input, .value = INPUT_BUNDLE,
     .flags = OPTION_FILE},
    {"image", 0, "LAYOUT[:REF][@DIGEST]", "an image in an OCI image layout", set_input,
     .value = INPUT_IMAGE, .flags = OPTION_FILE},
    {"image-config", 0, "FILE", "an OCI image configuration; - is standard input", set_input,
     .value = INPUT_IMAGE_CONFIG, .flags = OPTION_FILE},
    {"config", 0, "FILE", "a vmconfig or seed-schema config.json; - is standard input", set_input,
     .value = INPUT_CONFIG, .flags = OPTION_FILE},
    {.name = NULL},
};

const struct option_row reading_options[] = {
    {"strict", 0, NULL, "take warnings for errors", option_set_flag,
     .offset = offsetof(struct input, strict)},
    {.name = NULL},
};

static int load_bundle(const char *dir, struct document *d)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/config.json", dir) < 0)
		return fail_errno(ENOMEM, "cannot read '%s'", dir);
	return document_read(d, path);
}

int input_load(const struct input *in, struct document *d)
{
	switch (in->kind) {
	case INPUT_BUNDLE:
		return load_bundle(in->argument, d);
	case INPUT_IMAGE:
		return layout_read_config(in->argument, &d->text, &d->length, &d->name, &d->image);
	case INPUT_RUNTIME_CONFIG:
	case INPUT_IMAGE_CONFIG:
	case INPUT_CONFIG:
		return document_read(d, in->argument);
	case INPUT_NONE:
		break;
	}
	return usage_error("an INPUT is missing: --bundle, --image, --image-config or --config");
}

int input_convert(const struct input *in, struct document *d, struct request *r)
{
	int result = document_parse(d);

	if (result < 0)
		return result == -ENOMEM ? result : 0;
	switch (in->kind) {
	case INPUT_BUNDLE:
		return oci_runtime_read(d, in->argument, r);
	case INPUT_RUNTIME_CONFIG:
		return oci_runtime_read(d, NULL, r);
	case INPUT_IMAGE:
		r->image = steal_ptr(&d->image);
		return oci_image_read(d, r);
	case INPUT_IMAGE_CONFIG:
		return oci_image_read(d, r);
	default:
		result = vmconfig_decode(&r->config, &d->json, &d->problems);
		return result == -ENOMEM ? result : 0;
	}
}

/* @disk: whether it stood on a config disk, where nothing but a config of ours is looked for */
static int load_config(const char *path, struct document *d, bool *disk)
{
	struct stat st;
	int r;

	*disk = false;
	/* disk_read() seeks: what cannot is no disk, and standard input is asked for by "-". */
	if (strcmp(path, "-") == 0 || stat(path, &st) < 0 ||
	    !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)))
		return document_read(d, path);
	r = disk_read(path, &d->text, &d->length);
	if (r > 0)
		return document_read(d, path);
	*disk = true;
	if (r == 0 && asprintf(&d->name, "%s:%s", path, CONFIG_PATH) < 0) {
		d->name = NULL;
		return fail_errno(ENOMEM, "cannot read '%s'", path);
	}
	return r;
}

int input_load_config(const char *path, struct document *d)
{
	bool disk;

	return load_config(path, d, &disk);
}

static bool holds(const char *dir, const char *name)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return false;
	}
	return access(path, F_OK) == 0;
}

/*
 * Keys that stand at the top of one kind of document, the most telling first.
 * Ours and a runtime's both have "mounts": others decide, if there are any.
 */
static const struct {
	const char *key;
	enum input_kind kind;
} telling[] = {
    {"ociVersion", INPUT_RUNTIME_CONFIG},
    {"process", INPUT_RUNTIME_CONFIG},
    {"linux", INPUT_RUNTIME_CONFIG},
    {"rootfs", INPUT_IMAGE_CONFIG},
    {"architecture", INPUT_IMAGE_CONFIG},
    {"config", INPUT_IMAGE_CONFIG},
    {"os", INPUT_IMAGE_CONFIG},
    {"version", INPUT_CONFIG},
    {"init_mode", INPUT_CONFIG},
    {"entrypoint", INPUT_CONFIG},
    {"cmd", INPUT_CONFIG},
    {"workdir", INPUT_CONFIG},
    {"env", INPUT_CONFIG},
    {"mounts", INPUT_RUNTIME_CONFIG},
};

static enum input_kind kind_of_document(struct document *d)
{
	if (document_parse(d) < 0)
		return INPUT_CONFIG;
	for (size_t i = 0; i < sizeof(telling) / sizeof(*telling); i++)
		if (cJSON_GetObjectItemCaseSensitive(d->json.root, telling[i].key))
			return telling[i].kind;
	return INPUT_CONFIG;
}

int input_detect_directory(const char *path, struct input *in)
{
	struct stat st;
	int r = stat(path, &st);

	in->argument = path;
	if (r < 0 && errno == ENOENT && strchr(path, ':'))
		in->kind = INPUT_IMAGE; /* LAYOUT:REF */
	if (r < 0 || !S_ISDIR(st.st_mode))
		return 0;
	if (holds(path, "oci-layout") || holds(path, "index.json"))
		in->kind = INPUT_IMAGE;
	else if (holds(path, "config.json"))
		in->kind = INPUT_BUNDLE;
	else
		return fail("'%s' holds neither config.json, as a bundle does, nor oci-layout, as "
		            "an image layout does",
		            path);
	return 0;
}

int input_detect(const char *path, struct input *in, struct document *d)
{
	bool disk;
	int r = input_detect_directory(path, in);

	if (r < 0)
		return r;
	if (in->kind)
		return input_load(in, d);
	r = load_config(path, d, &disk);
	if (r == 0)
		in->kind = disk ? INPUT_CONFIG : kind_of_document(d);
	return r;
}
