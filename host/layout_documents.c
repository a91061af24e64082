/* SPDX-License-Identifier: MIT */
/* The documents of a layout: their tables, and what no row of a table says. */
#include "layout_documents.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

int oci_index_read(struct document *d, struct oci_index *out)
{
	int r = decode(d, &oci_index_record, out);

	check_list(d, "manifests", true);
	return r;
}

int oci_manifest_read(struct document *d, struct oci_manifest *out)
{
	int r = decode(d, &oci_manifest_record, out);

	check_list(d, "layers", false);
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
