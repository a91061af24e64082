/* SPDX-License-Identifier: MIT */
/* Finding the manifest of an image in a layout. */
#ifndef VMCONFIG_OCI_SEARCH_H
#define VMCONFIG_OCI_SEARCH_H

struct blob;
struct layout;

/* An index may hold indexes; nobody has been seen to go beyond two. */
#define MAX_INDEX_DEPTH 4u

/*
 * oci_find_manifest() - from index.json, through indexes in it, to the manifest.
 * @ref:      a reference name, or a digest that index.json has; NULL: the one image there is
 * @digest:   the manifest's, or that of an index which holds it; NULL: whichever REF leads to
 * @manifest: zeroed; to be released whatever the result
 *
 * Of several manifests the one is taken that fits this machine best.
 *
 * Return: 0, or -errno after printing a line, which lists what there is to choose from.
 */
int oci_find_manifest(struct layout *l, const char *ref, const char *digest, struct blob *manifest);

#endif
