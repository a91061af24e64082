/* SPDX-License-Identifier: MIT */
/* OCI image layouts (image-spec image-layout.md): from LAYOUT[:REF][@DIGEST] to
 * the image's config blob. */
#ifndef VMCONFIG_OCI_LAYOUT_H
#define VMCONFIG_OCI_LAYOUT_H

#include <stddef.h>

#include "blob.h"

/*
 * layout_read_config() - find an image in a layout and read its config.
 * @spec:   LAYOUT[:REF][@DIGEST]; REF is a reference name or a digest in index.json; without it
 *          the layout must hold one image for this platform. DIGEST is that of the image's
 *          manifest, or of an index that holds it. LAYOUT may hold colons
 * @text:   the config blob, digest and size verified, for free()
 * @length: its bytes
 * @name:   what to call the blob in messages, for free()
 * @pinned: a @spec that means this image and never another, for free()
 *
 * Return: 0, or -errno after printing a line.
 */
int layout_read_config(const char *spec, char **text, size_t *length, char **name, char **pinned);

/* LAYOUT[:REF][@DIGEST], taken apart. */
struct layout_choice {
	struct layout layout; /* open */
	char *ref;            /* NULL when not given */
	char *digest;         /* NULL when not given */
};

/*
 * layout_open() - take @spec apart and open the directory.
 * @choice: its layout.fd is -1; to be released whatever the result
 *
 * Return: 0, or -errno after printing a line.
 */
int layout_open(const char *spec, struct layout_choice *choice);

void layout_choice_release(struct layout_choice *choice);
void layout_release(struct layout *layout);

#define OCI_LAYOUT_VERSION "1.0.0"
#define MAX_LAYERS         512u /* of an image; engines stop at 127 */

struct oci_layer {
	struct blob blob;
	char *media_type;
	char *diff_id; /* digest of the tar archive, as the config says */
};

/* The layers of an image, the lowest first. */
struct oci_layers {
	struct layout layout; /* open */
	struct oci_layer *items;
	size_t count;
};

/*
 * layout_read_layers() - find an image in a layout, and what its layers are.
 * @layers: overwritten; release it whatever the result
 *
 * Return: 0, or -errno after printing a line.
 */
int layout_read_layers(const char *spec, struct oci_layers *layers);

void oci_layers_release(struct oci_layers *layers);

#endif
