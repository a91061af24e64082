/* SPDX-License-Identifier: MIT */
/*
 * Looking at the blobs of a layout. The content of a blob is compared with
 * its digest once, and a document is read again only for who asks more of it
 * than those before: indexes that share indexes cannot make it work longer
 * than four times what is in the layout.
 */
#include "blob_check.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob.h"
#include "document.h"
#include "findings.h"
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

/* A digest that a descriptor has named. */
struct seen {
	char *digest;
	bool hashed;    /* the content was compared with it */
	unsigned walks; /* of the document, a bit for each walk_of() */
	size_t place;   /* of what is wrong with the document, once there was a walk */
	size_t remembered;
};

static int compare_seen(const void *a, const void *b)
{
	const struct seen *first = a, *second = b;

	return strcmp(first->digest, second->digest);
}

static void seen_free(void *seen)
{
	struct seen *s = seen;

	free(s->digest);
	free(s);
}

size_t *blob_check_remembered(struct blob_check *c, const struct oci_descriptor *descriptor)
{
	struct seen wanted = {.digest = descriptor->digest};
	struct seen **found = tfind(&wanted, &c->seen, compare_seen);

	return found ? &(*found)->remembered : NULL;
}

/* The entry of a blob, made when there is none. Return: 0, with NULL when there are too many, or
 * -ENOMEM. */
static int find_seen(struct blob_check *c, const struct named *n, struct seen **out)
{
	struct seen wanted = {.digest = n->descriptor->digest};
	struct seen **found = tfind(&wanted, &c->seen, compare_seen), *new;

	*out = found ? *found : NULL;
	if (found)
		return 0;
	if (c->count >= MAX_LAYOUT_BLOBS) {
		if (c->count++ == MAX_LAYOUT_BLOBS)
			document_note(n->in, SEVERITY_ERROR, "count", n->pointer,
			              "more than %u blobs (MAX_LAYOUT_BLOBS)", MAX_LAYOUT_BLOBS);
		return 0;
	}
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->digest = strdup(n->descriptor->digest);
	if (!new->digest || !tsearch(new, &c->seen, compare_seen)) {
		seen_free(new);
		return -ENOMEM;
	}
	c->count++;
	*out = new;
	return 0;
}

/* What a walk through a document depends on: two bits. */
static unsigned walk_of(const struct named *n)
{
	return (n->needed ? 1u : 0u) | (n->chosen ? 2u : 0u);
}

/* Whether a walk was made that looked at as much, and as severely. */
static bool was_walked(const struct seen *s, unsigned walk)
{
	for (unsigned other = walk; other <= 3; other++)
		if ((other & walk) == walk && (s->walks & 1u << other))
			return true;
	return false;
}

static int verify(struct blob_check *c, const struct named *n, bool content)
{
	struct blob blob = {0};
	struct blob_fault why = {0};
	int r = blob_set(&blob, n->descriptor, n->in->name, n->pointer);

	if (r == 0) {
		r = blob_verify(c->layout, &blob, content, &why);
		if (r < 0)
			r = note_fault(n, r, &why);
	}
	blob_fault_release(&why);
	blob_release(&blob);
	return r;
}

int blob_check(struct blob_check *c, const struct named *n)
{
	bool content = false;
	struct seen *seen;
	int r = find_seen(c, n, &seen);

	if (r < 0)
		return r;
	if (seen) {
		content = !seen->hashed;
		seen->hashed = true;
	}
	return verify(c, n, content);
}

static int get(struct blob_check *c, const struct named *n, struct document *d)
{
	struct blob blob = {0};
	struct blob_fault why = {0};
	int r = blob_set(&blob, n->descriptor, n->in->name, n->pointer);

	if (r == 0) {
		r = blob_get(c->layout, &blob, &d->text, &d->length, &d->name, &why);
		r = r < 0 ? note_fault(n, r, &why) : 1;
	}
	blob_fault_release(&why);
	blob_release(&blob);
	return r;
}

int blob_check_document(struct blob_check *c, const struct named *n, struct document *d,
                        size_t *place)
{
	unsigned walk = walk_of(n);
	struct seen *seen;
	bool first;
	int r = find_seen(c, n, &seen);

	if (r < 0)
		return r;
	if (!seen || was_walked(seen, walk))
		return verify(c, n, false); /* its size may be given anew */
	first = seen->walks == 0;
	seen->walks |= 1u << walk;
	seen->hashed = true;
	r = get(c, n, d);
	if (r == 1 && first && findings_place(c->out, &seen->place) < 0)
		r = -ENOMEM;
	*place = seen->place;
	return r;
}

void blob_check_release(struct blob_check *c)
{
	tdestroy(c->seen, seen_free);
	c->seen = NULL;
}
