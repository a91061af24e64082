/* SPDX-License-Identifier: MIT */
/* A JSON file that a user gave: its text, its tree and what is wrong with it. */
#ifndef VMCONFIG_DOCUMENT_H
#define VMCONFIG_DOCUMENT_H

#include "json.h"

struct document {
	char *name; /* how messages call it */
	char *text;
	size_t length;
	char *image;          /* LAYOUT@DIGEST of the image whose config it is, or NULL */
	struct json_doc json; /* of document_parse(); its root is NULL when that failed */
	bool parsed;          /* whether it was tried */
	int parse_result;
	struct problems problems;
};

/* document_read() - read a file, or standard input for "-". Return: 0, or -errno after printing a
 * line. */
int document_read(struct document *d, const char *path);

/* document_parse() - make the tree, once. Return: 0, -EINVAL after noting a problem, or -ENOMEM. */
int document_parse(struct document *d);

/* document_note() - note a problem at a JSON pointer, with its line if it stands in the document.
 */
void document_note(struct document *d, enum severity severity, const char *rule,
                   const char *pointer, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

void document_release(struct document *d);

#endif
