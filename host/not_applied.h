/* SPDX-License-Identifier: MIT */
/* Fields of OCI documents that mean something and are not honoured: never dropped in silence. */
#ifndef VMCONFIG_NOT_APPLIED_H
#define VMCONFIG_NOT_APPLIED_H

struct document;

struct not_applied {
	const char *pointer; /* NULL ends a table */
	const char *why;     /* NULL: "not applied by this version" */
};

/* note_not_applied() - a warning for each row whose field is there and says something. */
void note_not_applied(struct document *d, const struct not_applied *rows);

#endif
