/* SPDX-License-Identifier: MIT */
/*
 * JSON as the contract wants it: RFC 8259 and nothing else, UTF-8, no
 * duplicate keys, no NUL, bounded depth, numbers kept as they were written.
 *
 * The tree is cJSON's. cJSON alone accepts trailing garbage, stores numbers
 * as doubles and keeps duplicate keys, so the text is checked first and the
 * tree is amended afterwards: every number node is of type cJSON_Raw and
 * holds the characters of the document, and every node knows its offset.
 */
#ifndef VMCONFIG_JSON_H
#define VMCONFIG_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "problem.h"

/* What stands before a block of the text. */
struct json_mark {
	size_t lines; /* ended before it */
	size_t start; /* offset of the line that it begins in */
};

struct json_doc {
	cJSON *root;
	const char *text; /* the caller's, must outlive the document */
	size_t length;
	struct json_mark *marks; /* one for each block */
};

/*
 * json_parse() - check and read a document.
 * @doc:    overwritten; to be released when the result is 0
 * @text:   need not end in NUL
 * @length: bytes
 * @p:      where a syntax error goes, with line:column
 *
 * Return: 0, -EINVAL after noting an error, or -ENOMEM.
 */
int json_parse(struct json_doc *doc, const char *text, size_t length, struct problems *p);

void json_release(struct json_doc *doc);

/* json_place() - where @node stands; @pointer goes into the answer as it is. */
struct place json_place(const struct json_doc *doc, const cJSON *node, const char *pointer);

/* json_find() - the node at @pointer, or NULL. */
const cJSON *json_find(const struct json_doc *doc, const char *pointer);

bool json_is_number(const cJSON *node);

/* json_utf8_length() - bytes of the well-formed UTF-8 character at @s, of @left bytes; 0 when there
 * is none. */
size_t json_utf8_length(const char *s, size_t left);

/* json_is_utf8() - whether @s may stand in a document. */
bool json_is_utf8(const char *s);

/*
 * json_int64(), json_uint64() - the exact value of an integer node.
 *
 * Return: 0, -EINVAL when it is no integer (1.0 and 1e3 are none), -ERANGE when it does not fit.
 */
int json_int64(const cJSON *node, int64_t *value);
int json_uint64(const cJSON *node, uint64_t *value);

#endif
