/* SPDX-License-Identifier: MIT */
/*
 * OCI image layouts: LAYOUT[:REF][@DIGEST] -> index.json -> manifest -> config.
 *
 * Finding the manifest is one thing (oci_search.h), reading what it names
 * another: the config is what `build` wants, the layers are for others.
 */
#include "oci_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob.h"
#include "cleanup.h"
#include "digest.h"
#include "error.h"
#include "oci_index.h"
#include "oci_search.h"
#include "record.h"
#include "vmconfig.h"

/* An image that was asked for. */
struct image {
	struct layout_choice choice;
	struct blob manifest;
};

void layout_release(struct layout *layout)
{
	if (layout->fd >= 0)
		close(layout->fd);
	free(layout->path);
	*layout = (struct layout){.fd = -1};
}

void layout_choice_release(struct layout_choice *choice)
{
	layout_release(&choice->layout);
	free(choice->ref);
	free(choice->digest);
	*choice = (struct layout_choice){.layout.fd = -1};
}

static void image_release(struct image *image)
{
	layout_choice_release(&image->choice);
	blob_release(&image->manifest);
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Take a digest off the end of @spec. A name may hold '@' as well: what follows tells. */
static int split_digest(char *spec, char **digest)
{
	char *at = strrchr(spec, '@');
	const char *hex;

	if (!at || !digest_parse(at + 1, &hex))
		return 0;
	*digest = strdup(at + 1);
	*at = '\0';
	return *digest ? 0 : -ENOMEM;
}

/*
 * Take LAYOUT[:REF][@DIGEST] apart. All may hold colons: the longest directory there is wins.
 * Return: 0 or -errno after printing a line.
 */
static int split_spec(const char *spec, struct layout_choice *choice)
{
	char *path = choice->layout.path = strdup(spec);
	size_t length;
	struct stat st;

	if (!path)
		return fail_errno(ENOMEM, "cannot read '%s'", spec);
	if (!is_directory(path) && split_digest(path, &choice->digest) < 0)
		return fail_errno(ENOMEM, "cannot read '%s'", spec);
	length = strlen(path);
	while (!is_directory(path)) {
		char *colon = strrchr(path, ':');

		if (!colon && stat(path, &st) == 0)
			return fail("'%s' is not a directory; an image archive has to be unpacked "
			            "first",
			            path);
		if (!colon)
			return fail_errno(errno, "cannot open '%s'", path);
		*colon = '\0';
	}
	if (strlen(path) == length)
		return 0;
	choice->ref = strndup(spec + strlen(path) + 1, length - strlen(path) - 1);
	if (!choice->ref)
		return fail_errno(ENOMEM, "cannot read '%s'", spec);
	return choice->ref[0] ? 0 : fail("'%s': a reference is missing after ':'", spec);
}

int layout_open(const char *spec, struct layout_choice *choice)
{
	int r = split_spec(spec, choice);

	if (r != 0)
		return r;
	choice->layout.fd = open(choice->layout.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return choice->layout.fd < 0 ? fail_errno(errno, "cannot open '%s'", choice->layout.path)
	                             : 0;
}

static int check_version(struct layout *l)
{
	struct oci_layout_file file = {0};
	_cleanup_free_ char *name = NULL;
	struct stat st;
	int r;

	if (fstatat(l->fd, "oci-layout", &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return fail("'%s' is not an OCI image layout: it has no file 'oci-layout'",
		            l->path);
	r = layout_decode(l, "oci-layout", &oci_layout_file_record, &file, &name);
	if (r == 0 && strcmp(file.version, OCI_LAYOUT_VERSION) != 0)
		r = fail("%s: /imageLayoutVersion: '%.64s' is not known, only '" OCI_LAYOUT_VERSION
		         "'",
		         name, file.version);
	record_release(&oci_layout_file_record, &file);
	return r;
}

static int open_image(struct image *image, const char *spec)
{
	struct layout_choice *choice = &image->choice;
	int r = layout_open(spec, choice);

	if (r == 0)
		r = check_version(&choice->layout);
	if (r == 0)
		r = oci_find_manifest(&choice->layout, choice->ref, choice->digest,
		                      &image->manifest);
	return r;
}

/* @name: what messages call the manifest, for free() */
static int read_manifest(struct image *image, struct oci_manifest *manifest, char **name)
{
	int r = blob_decode(&image->choice.layout, &image->manifest, &oci_manifest_record, manifest,
	                    name);

	if (r != 0)
		return r;
	if (manifest->media_type && oci_kind(manifest->media_type) != OCI_MANIFEST)
		return fail("%s: /mediaType: '%.128s' is not an image manifest", *name,
		            manifest->media_type);
	if (oci_kind(manifest->config->media_type) != OCI_CONFIG)
		return fail("%s: /config/mediaType: '%.128s' is not the config of an image", *name,
		            manifest->config->media_type);
	return 0;
}

static int pin(const struct image *image, char **pinned)
{
	if (asprintf(pinned, "%s%s%s@%s", image->choice.layout.path, image->choice.ref ? ":" : "",
	             image->choice.ref ? image->choice.ref : "", image->manifest.digest) >= 0)
		return 0;
	*pinned = NULL;
	return fail_errno(ENOMEM, "cannot read '%s'", image->choice.layout.path);
}

int layout_read_config(const char *spec, char **text, size_t *length, char **name, char **pinned)
{
	_cleanup_(image_release) struct image image = {.choice.layout.fd = -1};
	_cleanup_free_ char *document = NULL;
	struct oci_manifest manifest = {0};
	struct blob config = {0};
	int r = open_image(&image, spec);

	if (r == 0)
		r = read_manifest(&image, &manifest, &document);
	if (r == 0)
		r = blob_set(&config, manifest.config, document, "/config");
	if (r == 0)
		r = pin(&image, pinned);
	if (r == 0)
		r = blob_read(&image.choice.layout, &config, text, length, name);
	blob_release(&config);
	record_release(&oci_manifest_record, &manifest);
	return r;
}

/* Of an image's config, what says how its layers are to be verified. */
struct rootfs_part {
	char *type;
	struct strlist diff_ids;
};

struct config_part {
	struct rootfs_part *rootfs;
};

/* It becomes part of a key, and is what content is compared with. */
static const char *complain_diff_id(const char *s)
{
	const char *hex;

	return digest_parse(s, &hex)
	           ? NULL
	           : "is neither 'sha256:' nor 'sha512:' with its lower-case hexadecimal digits";
}

static const struct format diff_id_format = {"digest", NULL, complain_diff_id};

static const struct field rootfs_part_fields[] = {
    {.key = "type", .type = FIELD_STRING, .offset = offsetof(struct rootfs_part, type)},
    {.key = "diff_ids",
     .type = FIELD_STRINGS,
     .offset = offsetof(struct rootfs_part, diff_ids),
     .format = &diff_id_format},
    {0},
};

static const struct record rootfs_part_record = {
    .name = "rootfs",
    .size = sizeof(struct rootfs_part),
    .fields = rootfs_part_fields,
    .open = true,
};

static const struct field config_part_fields[] = {
    {.key = "rootfs",
     .type = FIELD_RECORD,
     .offset = offsetof(struct config_part, rootfs),
     .record = &rootfs_part_record,
     .flags = FIELD_REQUIRED},
    {0},
};

static const struct record config_part_record = {
    .name = "image config",
    .size = sizeof(struct config_part),
    .fields = config_part_fields,
    .open = true,
};

void oci_layers_release(struct oci_layers *layers)
{
	for (size_t i = 0; i < layers->count; i++) {
		blob_release(&layers->items[i].blob);
		free(layers->items[i].media_type);
		free(layers->items[i].diff_id);
	}
	free(layers->items);
	layout_release(&layers->layout);
	*layers = (struct oci_layers){.layout.fd = -1};
}

/* @diff_ids: one for each layer */
static int take_layers(struct oci_layers *layers, const struct oci_manifest *manifest,
                       const char *document, const struct strlist *diff_ids)
{
	int r = 0;

	if (manifest->layers.count > MAX_LAYERS)
		return fail("%s: /layers: there are more than %u (MAX_LAYERS)", document,
		            MAX_LAYERS);
	layers->items = calloc(manifest->layers.count + 1, sizeof(*layers->items));
	if (!layers->items)
		return fail_errno(ENOMEM, "cannot read '%s'", document);
	for (size_t i = 0; i < manifest->layers.count && r == 0; i++) {
		const struct oci_descriptor *d = &manifest->layers.items[i];
		struct oci_layer *layer = &layers->items[layers->count++];
		char pointer[40];

		snprintf(pointer, sizeof(pointer), "/layers/%zu", i);
		r = blob_set(&layer->blob, d, document, pointer);
		layer->media_type = strdup(d->media_type);
		layer->diff_id = strdup(diff_ids->items[i]);
		if (r == 0 && (!layer->media_type || !layer->diff_id))
			r = fail_errno(ENOMEM, "cannot read '%s'", document);
	}
	return r;
}

static int read_layers(struct image *image, const struct oci_manifest *manifest,
                       const char *document, struct oci_layers *layers)
{
	struct config_part config = {0};
	_cleanup_free_ char *name = NULL;
	struct blob blob = {0};
	int r = blob_set(&blob, manifest->config, document, "/config");

	if (r == 0)
		r = blob_decode(&image->choice.layout, &blob, &config_part_record, &config, &name);
	if (r == 0 && config.rootfs->diff_ids.count != manifest->layers.count)
		r = fail("%s: /rootfs/diff_ids: are %zu, but '%s' has %zu layers", name,
		         config.rootfs->diff_ids.count, document, manifest->layers.count);
	if (r == 0)
		r = take_layers(layers, manifest, document, &config.rootfs->diff_ids);
	blob_release(&blob);
	record_release(&config_part_record, &config);
	return r;
}

int layout_read_layers(const char *spec, struct oci_layers *layers)
{
	_cleanup_(image_release) struct image image = {.choice.layout.fd = -1};
	_cleanup_free_ char *document = NULL;
	struct oci_manifest manifest = {0};
	int r = open_image(&image, spec);

	*layers = (struct oci_layers){.layout.fd = -1};
	if (r == 0)
		r = read_manifest(&image, &manifest, &document);
	if (r == 0)
		r = read_layers(&image, &manifest, document, layers);
	layers->layout = image.choice.layout;
	image.choice.layout = (struct layout){.fd = -1};
	record_release(&oci_manifest_record, &manifest);
	return r;
}
