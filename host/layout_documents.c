/* SPDX-License-Identifier: MIT */
/* The documents of a layout: their tables, and what no row of a table says. */
#include "layout_documents.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"
#include "digest.h"
#include "document.h"
#include "oci_index.h"
#include "oci_layout.h"
#include "record.h"

static int decode(struct document *d, const struct record *record, void *out)
{
	int r = document_parse(d);

	if (r == 0)
		r = record_decode(record, &d->json, d->json.root, "", out, &d->problems);
	return r == -ENOMEM ? r : 0;
}

/* A list that is required and may be empty, or, by the schema, may not. */
static void check_list(struct document *d, const char *key, bool may_be_empty)
{
	const cJSON *root = d->json.root;
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, key);
	char pointer[32];

	snprintf(pointer, sizeof(pointer), "/%s", key);
	if (cJSON_IsObject(root) && !list)
		document_note(d, SEVERITY_ERROR, "required", "", "'%s' is missing", key);
	else if (!may_be_empty && cJSON_IsArray(list) && !list->child)
		document_note(d, SEVERITY_WARNING, "required", pointer,
		              "is empty, which the schema does not allow");
}

/* What a descriptor carries must be what it describes. */
static int check_data(struct document *d, const struct oci_descriptor *descriptor,
                      const char *format, ...) __attribute__((format(printf, 3, 4)));

static int check_data(struct document *d, const struct oci_descriptor *descriptor,
                      const char *format, ...)
{
	_cleanup_free_ void *content = NULL;
	const struct digest_algorithm *algorithm;
	const char *complaint = NULL, *hex;
	char pointer[48];
	va_list args;
	size_t size;

	if (!descriptor->data || !descriptor->digest || !descriptor->size.set ||
	    base64_size(descriptor->data) < 0)
		return 0;
	content = base64_decode(descriptor->data, &size);
	if (!content)
		return -ENOMEM;
	algorithm = digest_parse(descriptor->digest, &hex);
	if (size != (uint64_t)descriptor->size.value)
		complaint = "has not the size that the descriptor gives";
	else if (algorithm && !digest_matches(algorithm, hex, content, size))
		complaint = "has not the digest that the descriptor gives";
	va_start(args, format);
	vsnprintf(pointer, sizeof(pointer), format, args);
	va_end(args);
	if (complaint)
		document_note(d, SEVERITY_ERROR, "blob", pointer, "%s", complaint);
	return 0;
}

int oci_index_read(struct document *d, struct oci_index *out)
{
	int r = decode(d, &oci_index_record, out);

	check_list(d, "manifests", true);
	for (size_t i = 0; r == 0 && i < out->manifests.count; i++)
		r = check_data(d, &out->manifests.items[i], "/manifests/%zu/data", i);
	return r;
}

/* A configuration that says nothing leaves open what this is. */
static void check_artifact(struct document *d, const struct oci_manifest *m)
{
	const char *type = m->config ? m->config->media_type : NULL;

	if (type && strcmp(type, "application/vnd.oci.empty.v1+json") == 0 && !m->artifact_type)
		document_note(d, SEVERITY_ERROR, "required", "",
		              "'artifactType' is missing, and the configuration is empty");
}

int oci_manifest_read(struct document *d, struct oci_manifest *out)
{
	int r = decode(d, &oci_manifest_record, out);

	check_list(d, "layers", false);
	check_artifact(d, out);
	if (r == 0 && out->config)
		r = check_data(d, out->config, "/config/data");
	for (size_t i = 0; r == 0 && i < out->layers.count; i++)
		r = check_data(d, &out->layers.items[i], "/layers/%zu/data", i);
	return r;
}

int oci_layout_file_read(struct document *d, struct oci_layout_file *out)
{
	int r = decode(d, &oci_layout_file_record, out);

	if (r == 0 && out->version && strcmp(out->version, OCI_LAYOUT_VERSION) != 0)
		document_note(d, SEVERITY_ERROR, "version", "/imageLayoutVersion",
		              "'%.64s' is not known, only '" OCI_LAYOUT_VERSION "'", out->version);
	return r;
}
