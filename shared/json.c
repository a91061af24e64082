/* SPDX-License-Identifier: MIT */
/* Strict JSON in front of cJSON: the text is scanned first, the tree amended afterwards. */
#include "json.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "json_scan.h"

/* Bytes of a block: what is looked through to tell a line. Lines are not kept, for a document may
 * be nothing but line ends. */
#define MARK_BYTES 4096

/* Go on from @at, which stands at offset @from, to offset @to. */
static struct json_mark count_lines(const struct json_doc *doc, struct json_mark at, size_t from,
                                    size_t to)
{
	const char *end = doc->text + to;

	for (const char *s = doc->text + from; (s = memchr(s, '\n', (size_t)(end - s))); s++) {
		at.lines++;
		at.start = (size_t)(s - doc->text) + 1;
	}
	return at;
}

static int mark_lines(struct json_doc *doc)
{
	size_t count = doc->length / MARK_BYTES + 1;

	doc->marks = calloc(count, sizeof(*doc->marks));
	if (!doc->marks)
		return -ENOMEM;
	for (size_t i = 1; i < count; i++)
		doc->marks[i] =
		    count_lines(doc, doc->marks[i - 1], (i - 1) * MARK_BYTES, i * MARK_BYTES);
	return 0;
}

static struct place place_at(const struct json_doc *doc, size_t offset, const char *pointer)
{
	size_t block = offset / MARK_BYTES;
	struct json_mark at = count_lines(doc, doc->marks[block], block * MARK_BYTES, offset);

	return (struct place){
	    .pointer = pointer,
	    .line = (unsigned)at.lines + 1,
	    .column = (unsigned)(offset - at.start) + 1,
	};
}

/* Keep a number as it was written: cJSON's double holds 53 bits, rlimits have 64. */
static int keep_number(const struct json_doc *doc, cJSON *node, size_t offset)
{
	size_t room = doc->length - offset;
	size_t n = 0;

	while (n < room && memchr("+-.0123456789eE", doc->text[offset + n], 15))
		n++;
	node->valuestring = cJSON_malloc(n + 1);
	if (!node->valuestring)
		return -ENOMEM;
	memcpy(node->valuestring, doc->text + offset, n);
	node->valuestring[n] = '\0';
	node->type = cJSON_Raw;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const cJSON *const *left = a;
	const cJSON *const *right = b;
	int order = strcmp((*left)->string, (*right)->string);

	/* Equal names in document order, so that the second one is blamed. */
	if (order == 0)
		return (*left)->valueint < (*right)->valueint ? -1 : 1;
	return order;
}

static int check_duplicates(const struct json_doc *doc, const cJSON *object, struct problems *p)
{
	const cJSON **members;
	const cJSON *child;
	size_t count = 0, i = 0;

	cJSON_ArrayForEach(child, object) count++;
	if (count < 2)
		return 0;
	members = calloc(count, sizeof(*members));
	if (!members)
		return -ENOMEM;
	cJSON_ArrayForEach(child, object) members[i++] = child;
	qsort(members, count, sizeof(*members), compare_names);
	for (i = 1; i < count; i++) {
		struct place place;

		if (strcmp(members[i - 1]->string, members[i]->string) != 0)
			continue;
		place = json_place(doc, members[i], "");
		problem_add(p, SEVERITY_ERROR, "json-duplicate-key", &place,
		            "duplicate key '%.256s'", members[i]->string);
	}
	free(members);
	return 0;
}

/* Walk the tree in document order, as the scan did. valueint, which cJSON no longer uses, takes the
 * offset. */
static int amend(const struct json_doc *doc, cJSON *node, const struct json_scan *s, size_t *index,
                 struct problems *p)
{
	size_t offset = s->values[(*index)++];
	cJSON *child;
	int r;

	node->valueint = (int)offset;
	if (cJSON_IsNumber(node))
		return keep_number(doc, node, offset);
	cJSON_ArrayForEach(child, node)
	{
		r = amend(doc, child, s, index, p);
		if (r < 0)
			return r;
	}
	return cJSON_IsObject(node) ? check_duplicates(doc, node, p) : 0;
}

static int report_syntax(const struct json_doc *doc, const struct json_scan *s, struct problems *p)
{
	struct place place = place_at(doc, s->at, "");

	if (s->out_of_memory)
		return -ENOMEM;
	problem_add(p, SEVERITY_ERROR, "json-syntax", &place, "%s", s->error);
	return -EINVAL;
}

static int read_document(struct json_doc *doc, struct json_scan *s, struct problems *p)
{
	size_t errors = p->errors;
	size_t index = 0;
	int r;

	if (doc->length > INT_MAX || mark_lines(doc) < 0)
		return -ENOMEM;
	if (!json_scan(s))
		return report_syntax(doc, s, p);
	doc->root = cJSON_ParseWithLength(doc->text, doc->length);
	if (!doc->root)
		return -ENOMEM; /* the scan let it pass: nothing else is left */
	r = amend(doc, doc->root, s, &index, p);
	if (r < 0)
		return r;
	return p->errors > errors ? -EINVAL : 0;
}

int json_parse(struct json_doc *doc, const char *text, size_t length, struct problems *p)
{
	struct json_scan s = {.text = (const unsigned char *)text, .length = length};
	int r;

	*doc = (struct json_doc){.text = text, .length = length};
	r = read_document(doc, &s, p);
	free(s.values);
	if (r < 0)
		json_release(doc);
	return r;
}

void json_release(struct json_doc *doc)
{
	cJSON_Delete(doc->root);
	free(doc->marks);
	*doc = (struct json_doc){0};
}

struct place json_place(const struct json_doc *doc, const cJSON *node, const char *pointer)
{
	if (!doc || !doc->marks || !node)
		return (struct place){.pointer = pointer};
	return place_at(doc, (size_t)node->valueint, pointer);
}
