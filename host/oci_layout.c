/* SPDX-License-Identifier: MIT */
/*
 * OCI image layouts: LAYOUT[:REF] -> index.json -> manifest -> config.
 *
 * Finding the manifest is one thing (oci_search.h), reading what it names
 * another: the config is what `build` wants, the layers are for others.
 */
#include "oci_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob.h"
#include "cleanup.h"
#include "error.h"
#include "oci_index.h"
#include "oci_search.h"
#include "record.h"

#define LAYOUT_VERSION "1.0.0"

/* An image that was asked for. */
struct image {
	struct layout layout;
	char *ref; /* what stood after LAYOUT, or NULL */
	struct blob manifest;
};

static void image_release(struct image *image)
{
	if (image->layout.fd >= 0)
		close(image->layout.fd);
	free(image->layout.path);
	free(image->ref);
	blob_release(&image->manifest);
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/*
 * Take LAYOUT[:REF] apart. Both may hold colons: the longest directory there is wins.
 * Return: 0 or -errno after printing a line.
 */
static int split_spec(const char *spec, struct image *image)
{
	char *path = image->layout.path = strdup(spec);
	struct stat st;

	if (!path)
		return fail_errno(ENOMEM, "cannot read '%s'", spec);
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
	if (strlen(path) == strlen(spec))
		return 0;
	image->ref = strdup(spec + strlen(path) + 1);
	if (!image->ref)
		return fail_errno(ENOMEM, "cannot read '%s'", spec);
	return image->ref[0] ? 0 : fail("'%s': a reference is missing after ':'", spec);
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
	if (r == 0 && strcmp(file.version, LAYOUT_VERSION) != 0)
		r = fail("%s: /imageLayoutVersion: '%.64s' is not known, only '" LAYOUT_VERSION "'",
		         name, file.version);
	record_release(&oci_layout_file_record, &file);
	return r;
}

static int open_image(struct image *image, const char *spec)
{
	int r = split_spec(spec, image);

	if (r != 0)
		return r;
	image->layout.fd = open(image->layout.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (image->layout.fd < 0)
		return fail_errno(errno, "cannot open '%s'", image->layout.path);
	r = check_version(&image->layout);
	if (r == 0)
		r = oci_find_manifest(&image->layout, image->ref, &image->manifest);
	return r;
}

/* @name: what messages call the manifest, for free() */
static int read_manifest(struct image *image, struct oci_manifest *manifest, char **name)
{
	int r = blob_decode(&image->layout, &image->manifest, &oci_manifest_record, manifest, name);

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

int layout_read_config(const char *spec, char **text, size_t *length, char **name)
{
	_cleanup_(image_release) struct image image = {.layout.fd = -1};
	_cleanup_free_ char *document = NULL;
	struct oci_manifest manifest = {0};
	struct blob config = {0};
	int r = open_image(&image, spec);

	if (r == 0)
		r = read_manifest(&image, &manifest, &document);
	if (r == 0)
		r = blob_set(&config, manifest.config, document, "/config");
	if (r == 0)
		r = blob_read(&image.layout, &config, text, length, name);
	blob_release(&config);
	record_release(&oci_manifest_record, &manifest);
	return r;
}
