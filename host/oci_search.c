/* SPDX-License-Identifier: MIT */
/* Finding the manifest of an image in a layout: a walk with limits, for indexes may nest. */
#include "oci_search.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob.h"
#include "cleanup.h"
#include "error.h"
#include "list.h"
#include "oci_index.h"
#include "record.h"

/* Indexes may also share indexes, so that few of them make very many paths. */
#define MAX_LAYOUT_DOCUMENTS 256u
#define MAX_LAYOUT_BYTES     (16u << 20) /* read again for each path */

/* How many names an error lists. One more is kept, to tell that there are more: to tell how many,
 * each would have to be compared with all. */
#define MAX_LISTED 20u

struct search {
	struct layout *layout;
	const char *ref;          /* what stood after LAYOUT, or NULL */
	const char *digest;       /* of the manifest, or of an index that holds it, or NULL */
	struct blob *manifest;    /* the best so far */
	int rank;                 /* how well it fits, 0: none yet */
	struct strlist platforms; /* what was passed over, for the message */
};

static int out_of_memory(const struct search *s)
{
	fail_errno(ENOMEM, "cannot read '%s'", s->layout->path);
	return -ENOMEM;
}

/* "'a', 'b', 'c'"; NULL when out of memory. */
static char *join(const struct strlist *list)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (size_t i = 0; i < list->count && i < MAX_LISTED; i++)
		fprintf(f, "%s'%s'", i ? ", " : "", list->items[i]);
	if (list->count > MAX_LISTED)
		fputs(" and more", f);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int list_once(struct strlist *list, const char *name)
{
	if (list->count > MAX_LISTED || strlist_contains(list, name))
		return 0;
	return strlist_add(list, name);
}

/* The names in an index; where there is none, the digest, which oci_select() takes as well. */
static int list_references(const struct oci_index *index, struct strlist *names)
{
	for (size_t i = 0; i < index->manifests.count; i++) {
		const struct oci_descriptor *d = &index->manifests.items[i];
		const char *name = oci_reference(d);
		int r;

		if (oci_kind(d->media_type) == OCI_OTHER)
			continue;
		r = list_once(names, name ? name : d->digest);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Nothing in index.json is meant, or too much. */
static int report_choice(const struct search *s, const struct oci_index *index, bool ambiguous)
{
	const char *path = s->layout->path;
	struct strlist names = {0};
	_cleanup_free_ char *list = NULL;
	int r = list_references(index, &names);

	if (r == 0)
		list = join(&names);
	if (!list)
		r = out_of_memory(s);
	else if (names.count == 0)
		r = fail("%s/index.json: /manifests: there is no image", path);
	else if (ambiguous)
		r = fail("%s/index.json: /manifests: there is more than one image; choose with "
		         "%s:REF, REF one of: %s",
		         path, path, list);
	else if (s->ref)
		r = fail("%s/index.json: /manifests: there is no image '%s', only: %s", path,
		         s->ref, list);
	else
		r = fail("%s/index.json: /manifests: there is no image for '%s/%s', only: %s", path,
		         oci_machine()->os, oci_machine()->architecture, list);
	strlist_release(&names);
	return r;
}

/* What is meant is there, but not for this machine. */
static int report_platforms(const struct search *s)
{
	_cleanup_free_ char *list = join(&s->platforms);

	if (!list)
		return out_of_memory(s);
	if (s->digest && !s->platforms.count)
		return fail("%s%s%s: there is no image '%s'", s->layout->path, s->ref ? ":" : "",
		            s->ref ? s->ref : "", s->digest);
	return fail("%s%s%s: there is no image for '%s/%s'%s%s", s->layout->path, s->ref ? ":" : "",
	            s->ref ? s->ref : "", oci_machine()->os, oci_machine()->architecture,
	            s->platforms.count ? ", only for: " : "", list);
}

static int note_platform(struct search *s, const struct oci_platform *p)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "%s/%s%s%s", p->os, p->architecture, p->variant ? "/" : "",
	             p->variant ? p->variant : "") < 0) {
		text = NULL;
		return out_of_memory(s);
	}
	return list_once(&s->platforms, text) < 0 ? out_of_memory(s) : 0;
}

static int search_index(struct search *s, const struct blob *b, bool pinned, unsigned depth);

/*
 * An entry that is meant: a manifest competes, an index is looked through.
 * @pinned: it is in an index that has the digest which was asked for
 */
static int search_entry(struct search *s, const struct oci_descriptor *d, const char *document,
                        const char *pointer, bool pinned, unsigned depth)
{
	bool has_digest = s->digest && strcmp(s->digest, d->digest) == 0;
	bool by_digest = has_digest || (s->ref && strcmp(s->ref, d->digest) == 0);
	enum oci_kind kind = oci_kind(d->media_type);
	struct blob nested = {0};
	int rank, r;

	/* As at the top: an index of signatures is not looked through, and may be missing. */
	if (d->artifact_type)
		return 0;
	if (kind == OCI_INDEX) {
		r = blob_set(&nested, d, document, pointer);
		if (r == 0)
			r = search_index(s, &nested, pinned || has_digest, depth + 1);
		blob_release(&nested);
		return r;
	}
	if (kind != OCI_MANIFEST || (s->digest && !pinned && !has_digest))
		return 0;
	/* Whoever names a digest has chosen the platform. */
	rank = by_digest ? INT32_MAX : oci_platform_rank(d->platform, oci_machine());
	if (rank == 0)
		return note_platform(s, d->platform);
	if (rank <= s->rank)
		return 0;
	s->rank = rank;
	return blob_set(s->manifest, d, document, pointer);
}

/* @chosen: flags of the entries meant, NULL for all. */
static int search_entries(struct search *s, const struct oci_index *index, const bool *chosen,
                          const char *document, bool pinned, unsigned depth)
{
	int r = 0;

	for (size_t i = 0; i < index->manifests.count && r == 0; i++) {
		char pointer[40];

		if (chosen && !chosen[i])
			continue;
		snprintf(pointer, sizeof(pointer), "/manifests/%zu", i);
		r = search_entry(s, &index->manifests.items[i], document, pointer, pinned, depth);
	}
	return r;
}

static int search_index(struct search *s, const struct blob *b, bool pinned, unsigned depth)
{
	struct oci_index index = {0};
	_cleanup_free_ char *name = NULL;
	int r;

	if (depth > MAX_INDEX_DEPTH)
		return fail("%s: an index within more than %u others (MAX_INDEX_DEPTH)", b->place,
		            MAX_INDEX_DEPTH);
	if (s->layout->documents >= MAX_LAYOUT_DOCUMENTS)
		return fail("%s: more than %u indexes to look through (MAX_LAYOUT_DOCUMENTS)",
		            b->place, MAX_LAYOUT_DOCUMENTS);
	if (s->layout->bytes >= MAX_LAYOUT_BYTES)
		return fail("%s: more than %u bytes of indexes to look through (MAX_LAYOUT_BYTES)",
		            b->place, MAX_LAYOUT_BYTES);
	r = blob_decode(s->layout, b, &oci_index_record, &index, &name);
	if (r == 0)
		r = search_entries(s, &index, NULL, name, pinned, depth);
	record_release(&oci_index_record, &index);
	return r;
}

/* The top: what REF or the digest means, or the one image there is. */
static int search_top(struct search *s, const struct oci_index *index, const char *document)
{
	_cleanup_free_ bool *chosen = calloc(index->manifests.count + 1, sizeof(*chosen));
	size_t found;
	int r;

	if (!chosen)
		return out_of_memory(s);
	found = oci_select(index, s->ref ? s->ref : s->digest, oci_machine(), chosen);
	if (found == 0 && s->digest && !s->ref)
		/* The image for one of several platforms stands deeper. */
		memset(chosen, true, index->manifests.count * sizeof(*chosen));
	else if (found == 0 || (found > 1 && !s->ref && !s->digest))
		return report_choice(s, index, found > 1);
	r = search_entries(s, index, chosen, document, false, 0);
	if (r == 0 && s->rank == 0)
		r = report_platforms(s);
	return r;
}

int oci_find_manifest(struct layout *l, const char *ref, const char *digest, struct blob *manifest)
{
	struct search s = {.layout = l, .ref = ref, .digest = digest, .manifest = manifest};
	struct oci_index index = {0};
	_cleanup_free_ char *name = NULL;
	int r = layout_decode(l, "index.json", &oci_index_record, &index, &name);

	if (r == 0)
		r = search_top(&s, &index, name);
	record_release(&oci_index_record, &index);
	strlist_release(&s.platforms);
	return r;
}
