/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an index.json, and which of its images is meant. The first line
 * of the input is the reference, empty for none; the rest is the document,
 * which is read as a manifest, too.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "json.h"
#include "oci_index.h"
#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
	if (!truth)
		abort();
}

/* What passes as a digest may become a path: nothing in it leads elsewhere. */
static void check_digest(const char *text)
{
	const char *hex;
	const struct digest_algorithm *algorithm = digest_parse(text, &hex);

	if (!algorithm)
		return;
	demand(strlen(hex) == algorithm->bytes * 2);
	demand(algorithm->bytes <= MAX_DIGEST_BYTES);
	demand(!strpbrk(hex, "/."));
	demand(hex > text && hex[-1] == ':');
}

static void check_selection(const struct oci_index *index, const char *ref)
{
	size_t count = index->manifests.count, found, chosen_count = 0;
	bool *chosen = calloc(count + 1, sizeof(*chosen));

	demand(chosen != NULL);
	found = oci_select(index, ref, oci_machine(), chosen);
	for (size_t i = 0; i < count; i++) {
		const struct oci_descriptor *d = &index->manifests.items[i];

		demand(oci_platform_rank(d->platform, oci_machine()) >= 0);
		check_digest(d->digest);
		if (!chosen[i])
			continue;
		chosen_count++;
		demand(oci_kind(d->media_type) == OCI_INDEX ||
		       oci_kind(d->media_type) == OCI_MANIFEST);
		demand(!ref || strcmp(d->digest, ref) == 0 ||
		       (oci_reference(d) && strcmp(oci_reference(d), ref) == 0));
	}
	demand((found == 0) == (chosen_count == 0) && found <= chosen_count);
	free(chosen);
}

static void read_as(const struct record *rec, const struct json_doc *doc, const char *ref)
{
	union {
		struct oci_index index;
		struct oci_manifest manifest;
	} out = {0};
	struct problems problems = {0};

	if (record_decode(rec, doc, doc->root, "", &out, &problems) == 0 &&
	    problems_result(&problems) == 0) {
		if (rec == &oci_index_record)
			check_selection(&out.index, ref);
		else
			check_digest(out.manifest.config->digest);
	}
	record_release(rec, &out);
	problems_release(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
	size_t length = newline ? (size_t)(newline - data) : 0;
	const char *text = newline ? (const char *)newline + 1 : (const char *)data;
	struct problems problems = {0};
	struct json_doc doc;
	char *ref = length ? strndup((const char *)data, length) : NULL;

	if (json_parse(&doc, text, size - (newline ? length + 1 : 0), &problems) == 0) {
		read_as(&oci_index_record, &doc, ref);
		read_as(&oci_manifest_record, &doc, ref);
		json_release(&doc);
	}
	problems_release(&problems);
	free(ref);
	return 0;
}
