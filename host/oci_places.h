/* SPDX-License-Identifier: MIT */
/*
 * Where each field of an OCI document goes. The rows are what the renderer
 * acts on, what `vmconfig explain` prints and what vmconfig-oci(5) lists: a
 * field that a reader knows and that has no row fails a test.
 */
#ifndef VMCONFIG_OCI_PLACES_H
#define VMCONFIG_OCI_PLACES_H

#include <stdbool.h>

#include <cjson/cJSON.h>

struct document;
struct record;

enum oci_place {
	PLACE_HOST,    /* the command acts on it */
	PLACE_VMM,     /* it becomes arguments of the VMM */
	PLACE_DISK,    /* carried on the config disk, not interpreted */
	PLACE_GUEST,   /* carried on the config disk, applied by init */
	PLACE_IGNORED, /* has no meaning here */
	PLACE_REFUSED, /* cannot be done: an error when it says something */
};

struct oci_row {
	const char *pattern; /* a JSON pointer; "*" stands for any one part; NULL ends a table */
	enum oci_place place;
	const char *why; /* one line, lower case */
	bool warns;      /* a warning when it says something */
};

extern const struct oci_row oci_runtime_rows[];
extern const struct oci_row oci_image_rows[];

/* oci_place_name() - "host", "vmm", "config disk", "guest", "ignored" or "refused". */
const char *oci_place_name(enum oci_place place);

/* oci_row_find() - the row for the field at @pointer, or NULL. */
const struct oci_row *oci_row_find(const struct oci_row *rows, const char *pointer);

/* oci_row_below() - whether a row stands for something below @pointer. */
bool oci_row_below(const struct oci_row *rows, const char *pointer);

/* What oci_places_walk() calls; @row is NULL for a field that nobody knows. Return: 0, or negative
 * to stop. */
typedef int oci_visit(void *arg, const cJSON *node, const char *pointer, const struct oci_row *row);

/*
 * oci_places_walk() - each field that a document has, in its order.
 * @record: the document's table, which tells unknown members within a field
 *
 * Return: 0, -ENOMEM, or what @visit returned.
 */
int oci_places_walk(const cJSON *root, const struct oci_row *rows, const struct record *record,
                    oci_visit *visit, void *arg);

/*
 * oci_places_note() - say what is refused, and warn where a row wants it.
 * @d: takes the problems
 *
 * Return: 0 or -ENOMEM.
 */
int oci_places_note(struct document *d, const struct oci_row *rows, const struct record *record);

#endif
