/* SPDX-License-Identifier: MIT */
/* Looking at the blobs of a layout, with little work for those that many descriptors name. */
#ifndef VMCONFIG_BLOB_CHECK_H
#define VMCONFIG_BLOB_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct document;
struct findings;
struct layout;
struct oci_descriptor;

struct blob_check {
	struct layout *layout;
	struct findings *out; /* has a place for each document that was read */
	void *seen;           /* digests: a tree of tsearch(3) */
	size_t count;
};

/* A descriptor, and where it stands. */
struct named {
	struct document *in; /* takes what is wrong with the blob */
	const char *pointer;
	const struct oci_descriptor *descriptor; /* media type, digest and size are there */
	bool needed;                             /* nothing says that it is for another machine */
	bool chosen;    /* it, or what holds it, has the digest that was asked for */
	unsigned depth; /* of indexes around it */
};

/* blob_check() - that a blob is there with its size and digest. Return: 0 or -ENOMEM. */
int blob_check(struct blob_check *c, const struct named *n);

/*
 * blob_check_document() - the same for a document, and read it.
 * @d:     zeroed; receives name and text
 * @place: for findings_take(), the same one each time
 *
 * One that was read is read again when it was not needed before and is now, or was not chosen.
 *
 * Return: 1, 0 when it cannot be had or was read already, or -ENOMEM.
 */
int blob_check_document(struct blob_check *c, const struct named *n, struct document *d,
                        size_t *place);

/* blob_check_remembered() - a number that stays with a blob, 0 at first. Return: NULL when none
 * of its descriptors was looked at. */
size_t *blob_check_remembered(struct blob_check *c, const struct oci_descriptor *descriptor);

void blob_check_release(struct blob_check *c);

#endif
