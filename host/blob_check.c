/* SPDX-License-Identifier: MIT */
/*
 * Looking at the blobs of a layout. A blob is read once: indexes that share
 * indexes cannot make it work longer than the layout is large.
 */
#include "blob_check.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob.h"
#include "document.h"
#include "oci_index.h"

/* Each is read from end to end. */
#define MAX_LAYOUT_BLOBS 10000u

static void note(const struct named *n, enum severity severity, const char *rule,
                 const char *member, const char *message)
{
	char pointer[80];

	snprintf(pointer, sizeof(pointer), "%s%s", n->pointer, member);
	document_note(n->in, severity, rule, pointer, "%s", message);
}

/* A layout need not hold every blob: what is for other machines, and layers that come from
 * elsewhere, may be missing. */
static int note_fault(const struct named *n, int error, const struct blob_fault *why)
{
	bool may_lack = !n->needed || n->descriptor->urls.count;

	if (error == -ENOMEM || !why->message)
		return -ENOMEM;
	note(n, error == -ENOENT && may_lack ? SEVERITY_WARNING : SEVERITY_ERROR, "blob",
	     why->member ? why->member : "", why->message);
	return 0;
}

static int compare_digests(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Whether a blob is to be looked at for the first time. Return: 1, 0 or -ENOMEM. */
static int is_new(struct blob_check *c, const struct named *n)
{
	char *digest;

	if (tfind(n->descriptor->digest, &c->seen, compare_digests))
		return 0;
	if (c->count >= MAX_LAYOUT_BLOBS) {
		if (c->count++ == MAX_LAYOUT_BLOBS)
			document_note(n->in, SEVERITY_ERROR, "count", n->pointer,
			              "more than %u blobs (MAX_LAYOUT_BLOBS)", MAX_LAYOUT_BLOBS);
		return 0;
	}
	digest = strdup(n->descriptor->digest);
	if (!digest || !tsearch(digest, &c->seen, compare_digests)) {
		free(digest);
		return -ENOMEM;
	}
	c->count++;
	return 1;
}

int blob_check(struct blob_check *c, const struct named *n)
{
	struct blob blob = {0};
	struct blob_fault why = {0};
	int new = is_new(c, n);
	int r;

	if (new < 0)
		return new;
	r = blob_set(&blob, n->descriptor, n->in->name, n->pointer);
	if (r == 0) {
		r = blob_verify(c->layout, &blob, new == 1, &why);
		if (r < 0)
			r = note_fault(n, r, &why);
	}
	blob_fault_release(&why);
	blob_release(&blob);
	return r;
}

int blob_check_document(struct blob_check *c, const struct named *n, struct document *d)
{
	struct blob blob = {0};
	struct blob_fault why = {0};
	int r = is_new(c, n);

	if (r < 0)
		return r;
	if (r == 0)
		return blob_check(c, n); /* its size may be given anew */
	r = blob_set(&blob, n->descriptor, n->in->name, n->pointer);
	if (r == 0) {
		r = blob_get(c->layout, &blob, &d->text, &d->length, &d->name, &why);
		r = r < 0 ? note_fault(n, r, &why) : 1;
	}
	blob_fault_release(&why);
	blob_release(&blob);
	return r;
}

void blob_check_release(struct blob_check *c)
{
	tdestroy(c->seen, free);
	c->seen = NULL;
}
