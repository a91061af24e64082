/* SPDX-License-Identifier: MIT */
/* The documents of a layout, held to all that their schemas demand. */
#ifndef VMCONFIG_LAYOUT_DOCUMENTS_H
#define VMCONFIG_LAYOUT_DOCUMENTS_H

struct document;
struct oci_index;
struct oci_layout_file;
struct oci_manifest;

/*
 * oci_index_read(), oci_manifest_read(), oci_layout_file_read() - parse and decode a document.
 * @d:   takes the problems; its tree is NULL when it is no JSON
 * @out: zeroed; to be released whatever the result. What a schema requires may be missing from it
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int oci_index_read(struct document *d, struct oci_index *out);
int oci_manifest_read(struct document *d, struct oci_manifest *out);
int oci_layout_file_read(struct document *d, struct oci_layout_file *out);

#endif
