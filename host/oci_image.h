/* SPDX-License-Identifier: MIT */
/* OCI image configuration (image-spec config.md), converted as conversion.md says. */
#ifndef VMCONFIG_OCI_IMAGE_H
#define VMCONFIG_OCI_IMAGE_H

struct document;
struct record;
struct request;

/* The rows of an image configuration. */
extern const struct record oci_image_record;

/*
 * oci_image_read() - what an image configuration asks for.
 * @d: parsed; takes the problems
 * @r: zeroed; receives what the document gives
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int oci_image_read(struct document *d, struct request *r);

#endif
