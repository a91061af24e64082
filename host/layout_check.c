/* SPDX-License-Identifier: MIT */
/*
 * Looking through a whole image layout. Unlike the readers of one image, it
 * goes on after a problem, and looks at what is for other platforms, too.
 */
#include "layout_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob.h"
#include "cleanup.h"
#include "blob_check.h"
#include "document.h"
#include "error.h"
#include "findings.h"
#include "input.h"
#include "layout_documents.h"
#include "oci_index.h"
#include "oci_layout.h"
#include "oci_search.h"
#include "overrides.h"
#include "record.h"
#include "request.h"

struct check {
	struct layout_choice choice;
	struct blob_check blobs; /* of the layout */
	struct findings *out;
	size_t images; /* manifests of images, and how many of them fit this machine */
	size_t fitting;
};

/* A document says what it is, and so does who names it. */
static void check_media_type(struct document *d, const char *media_type, const struct named *n)
{
	if (media_type && strcmp(media_type, n->descriptor->media_type) != 0)
		document_note(d, SEVERITY_ERROR, "media-type", "/mediaType",
		              "'%.128s' is not what '%s' says: '%.128s'", media_type, n->in->name,
		              n->descriptor->media_type);
}

/* An image for another system cannot be taken, but nothing is wrong with it. */
static void forgive_os(struct problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->items[i].rule, "os") == 0) {
			p->items[i].severity = SEVERITY_WARNING;
			p->errors--;
		}
}

/* Each manifest that names a configuration must have its number of layers, and it is read for the
 * first of them only: the number stays with the blob, one more than it is. */
static void remember_layers(struct check *c, const struct named *n, const struct document *config)
{
	const cJSON *list = json_find(&config->json, "/rootfs/diff_ids");
	size_t *remembered = blob_check_remembered(&c->blobs, n->descriptor);

	if (remembered && cJSON_IsArray(list))
		*remembered = (size_t)cJSON_GetArraySize(list) + 1;
}

static void compare_layers(struct check *c, const struct named *n, const struct oci_manifest *m)
{
	const size_t *remembered = blob_check_remembered(&c->blobs, n->descriptor);

	if (remembered && *remembered && *remembered - 1 != m->layers.count)
		document_note(n->in, SEVERITY_ERROR, "layers", "/layers",
		              "are %zu, but '%s' has %zu diff_ids", m->layers.count,
		              n->descriptor->digest, *remembered - 1);
}

static int read_config(struct check *c, const struct named *n)
{
	_cleanup_(document_release) struct document d = {0};
	_cleanup_(overrides_release) struct overrides none = {0};
	_cleanup_(request_release) struct request request = {0};
	const struct input in = {.kind = INPUT_IMAGE, .incomplete = true};
	size_t place;
	int r = blob_check_document(&c->blobs, n, &d, &place);

	if (r <= 0)
		return r;
	r = request_convert(&in, &d, &none, NULL, &request);
	if (r < 0)
		return r;
	if (!n->needed)
		forgive_os(&d.problems);
	if (d.json.root)
		remember_layers(c, n, &d);
	return findings_take(c->out, place, &d);
}

static int check_config(struct check *c, const struct named *n, const struct oci_manifest *m)
{
	int r = read_config(c, n);

	if (r == 0)
		compare_layers(c, n, m);
	return r;
}

static int check_layers(struct check *c, struct document *d, const struct oci_manifest *m,
                        const struct named *n)
{
	int r = 0;

	if (m->layers.count > MAX_LAYERS)
		document_note(d, SEVERITY_ERROR, "count", "/layers",
		              "there are more than %u (MAX_LAYERS)", MAX_LAYERS);
	for (size_t i = 0; i < m->layers.count && r == 0; i++) {
		const struct oci_descriptor *layer = &m->layers.items[i];
		char pointer[40];

		snprintf(pointer, sizeof(pointer), "/layers/%zu", i);
		if (layer->media_type && layer->digest && layer->size.set)
			r = blob_check(&c->blobs, &(struct named){d, pointer, layer, n->needed,
			                                          n->chosen, n->depth});
	}
	return r;
}

static int check_manifest_parts(struct check *c, struct document *d, const struct oci_manifest *m,
                                const struct named *n)
{
	const struct oci_descriptor *config = m->config;
	const struct named named = {d, "/config", config, n->needed, n->chosen, n->depth};
	int r = 0;

	check_media_type(d, m->media_type, n);
	if (config && config->media_type && config->digest && config->size.set)
		r = oci_kind(config->media_type) == OCI_CONFIG ? check_config(c, &named, m)
		                                               : blob_check(&c->blobs, &named);
	return r == 0 ? check_layers(c, d, m, n) : r;
}

static int check_manifest(struct check *c, const struct named *n)
{
	_cleanup_(document_release) struct document d = {0};
	struct oci_manifest manifest = {0};
	size_t place;
	int r = blob_check_document(&c->blobs, n, &d, &place);

	if (r <= 0)
		return r;
	r = oci_manifest_read(&d, &manifest);
	if (r == 0 && d.json.root)
		r = check_manifest_parts(c, &d, &manifest, n);
	record_release(&oci_manifest_record, &manifest);
	return r == 0 ? findings_take(c->out, place, &d) : r;
}

static int check_index(struct check *c, const struct named *n);

static int check_entry(struct check *c, const struct named *n)
{
	const struct oci_descriptor *e = n->descriptor;
	const char *digest = c->choice.digest, *ref = c->choice.ref;
	struct named entry = *n;
	bool has_digest, by_digest;
	enum oci_kind kind;

	/* What is wrong with it was said when it was decoded. */
	if (!e->media_type || !e->digest || !e->size.set)
		return 0;
	kind = oci_kind(e->media_type);
	has_digest = digest && strcmp(digest, e->digest) == 0;
	by_digest = has_digest || (ref && strcmp(ref, e->digest) == 0);
	entry.chosen = n->chosen || !digest || has_digest;
	/* What is asked for may be in an index, but no image is in one of artifacts. */
	if (!entry.chosen && (kind != OCI_INDEX || e->artifact_type))
		return 0;
	/* Whoever names a digest has chosen the platform. */
	entry.needed =
	    n->needed && (by_digest || oci_platform_rank(e->platform, oci_machine()) > 0);
	if (kind == OCI_INDEX)
		return check_index(c, &entry);
	if (kind != OCI_MANIFEST)
		return blob_check(&c->blobs, &entry);
	c->images += !e->artifact_type;
	c->fitting += !e->artifact_type && entry.needed;
	return check_manifest(c, &entry);
}

/* @chosen: flags of the entries to look at, NULL for all. */
static int check_entries(struct check *c, struct document *d, const struct oci_index *index,
                         const bool *chosen, const struct named *n)
{
	int r = 0;

	for (size_t i = 0; i < index->manifests.count && r == 0; i++) {
		char pointer[40];

		if (chosen && !chosen[i])
			continue;
		snprintf(pointer, sizeof(pointer), "/manifests/%zu", i);
		r = check_entry(c, &(struct named){d, pointer, &index->manifests.items[i],
		                                   n->needed, n->chosen, n->depth + 1});
	}
	return r;
}

static int check_index(struct check *c, const struct named *n)
{
	_cleanup_(document_release) struct document d = {0};
	struct oci_index index = {0};
	size_t place;
	int r;

	if (n->depth > MAX_INDEX_DEPTH) {
		document_note(n->in, SEVERITY_ERROR, "count", n->pointer,
		              "an index within more than %u others (MAX_INDEX_DEPTH)",
		              MAX_INDEX_DEPTH);
		return 0;
	}
	r = blob_check_document(&c->blobs, n, &d, &place);
	if (r <= 0)
		return r;
	r = oci_index_read(&d, &index);
	if (r == 0 && d.json.root) {
		check_media_type(&d, index.media_type, n);
		r = check_entries(c, &d, &index, NULL, n);
	}
	record_release(&oci_index_record, &index);
	return r == 0 ? findings_take(c->out, place, &d) : r;
}

/* Nothing is there that this machine could run: only who names an image wants one. */
static void note_choice(const struct check *c, struct document *d)
{
	const struct layout_choice *choice = &c->choice;
	bool named = choice->ref || choice->digest;

	if (named && !c->images)
		document_note(d, SEVERITY_ERROR, "reference", "/manifests",
		              "there is no image '%.256s%s%s'", choice->ref ? choice->ref : "",
		              choice->digest ? "@" : "", choice->digest ? choice->digest : "");
	else if (c->images && !c->fitting)
		document_note(d, named ? SEVERITY_ERROR : SEVERITY_WARNING, "platform",
		              "/manifests", "there is no image for '%s/%s'", oci_machine()->os,
		              oci_machine()->architecture);
}

/* Of what could not be decoded no entry can be chosen. */
static int check_top(struct check *c, struct document *d, const struct oci_index *index)
{
	const struct named top = {.in = d, .pointer = "", .needed = true};
	const char *ref = c->choice.ref;
	_cleanup_free_ bool *chosen = calloc(index->manifests.count + 1, sizeof(*chosen));
	int r;

	if (!chosen)
		return -ENOMEM;
	if (ref && d->problems.errors)
		return 0;
	if (ref)
		oci_select(index, ref, oci_machine(), chosen);
	r = check_entries(c, d, index, ref ? chosen : NULL, &top);
	if (r == 0)
		note_choice(c, d);
	return r;
}

/* A file of the layout by its name. Return: 1 when it was read, 0 when that was noted, -ENOMEM. */
static int get_file(struct check *c, const char *file, struct document *d)
{
	struct blob_fault why = {0};
	int r = layout_get(&c->choice.layout, file, &d->text, &d->length, &d->name, &why);

	if (r == 0)
		return 1;
	if (r != -ENOMEM && why.message &&
	    asprintf(&d->name, "%s/%s", c->choice.layout.path, file) >= 0) {
		document_note(d, SEVERITY_ERROR, "layout", "", "%s", why.message);
		r = 0;
	} else {
		d->name = NULL;
		r = -ENOMEM;
	}
	blob_fault_release(&why);
	return r;
}

static int check_layout_file(struct check *c)
{
	_cleanup_(document_release) struct document d = {0};
	struct oci_layout_file file = {0};
	size_t place;
	int r = get_file(c, "oci-layout", &d);

	if (r == 1)
		r = oci_layout_file_read(&d, &file);
	record_release(&oci_layout_file_record, &file);
	if (r == 0)
		r = findings_place(c->out, &place);
	return r == 0 ? findings_take(c->out, place, &d) : r;
}

static int check_index_file(struct check *c)
{
	_cleanup_(document_release) struct document d = {0};
	struct oci_index index = {0};
	size_t place;
	int r = findings_place(c->out, &place);

	if (r == 0)
		r = get_file(c, "index.json", &d);
	if (r == 1) {
		r = oci_index_read(&d, &index);
		if (r == 0 && d.json.root)
			r = check_top(c, &d, &index);
	}
	record_release(&oci_index_record, &index);
	return r == 0 ? findings_take(c->out, place, &d) : r;
}

int layout_check(const char *spec, struct findings *out)
{
	struct check c = {.choice.layout.fd = -1, .out = out};
	int r = layout_open(spec, &c.choice);

	c.blobs.layout = &c.choice.layout;
	c.blobs.out = out;
	if (r == 0)
		r = check_layout_file(&c);
	if (r == 0)
		r = check_index_file(&c);
	if (r == -ENOMEM)
		fail_errno(ENOMEM, "cannot check '%s'", spec);
	blob_check_release(&c.blobs);
	layout_choice_release(&c.choice);
	return r;
}
