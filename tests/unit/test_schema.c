/* SPDX-License-Identifier: MIT */
/*
 * No document is read more leniently than by the specifications' own JSON
 * schemas: of a document that has every field, each field in turn is given
 * what its schema refuses, and something must be said of it, at its place.
 */
#include "host_test.h"

#include "layout_documents.h"
#include "list.h"
#include "oci_image.h"
#include "oci_index.h"
#include "oci_runtime.h"
#include "oci_runtime_doc.h"
#include "record.h"
#include "schema_image.h"
#include "schema_runtime.h"
#include "vm.h"

/* What reads a kind of document; problems go to @d. */
typedef void read_document(struct document *d);

struct kind {
	read_document *read;
	const char *text;
	const struct constraint *constraints;
};

static void read_runtime(struct document *d)
{
	struct request r = {0};

	assert_int_equal(oci_runtime_read(d, NULL, &r), 0);
	request_release(&r);
}

static void read_image(struct document *d)
{
	struct request r = {0};

	assert_int_equal(oci_image_read(d, &r), 0);
	request_release(&r);
}

static void read_index(struct document *d)
{
	struct oci_index index = {0};

	assert_int_equal(oci_index_read(d, &index), 0);
	record_release(&oci_index_record, &index);
}

static void read_manifest(struct document *d)
{
	struct oci_manifest manifest = {0};

	assert_int_equal(oci_manifest_read(d, &manifest), 0);
	record_release(&oci_manifest_record, &manifest);
}

static void read_layout_file(struct document *d)
{
	struct oci_layout_file file = {0};

	assert_int_equal(oci_layout_file_read(d, &file), 0);
	record_release(&oci_layout_file_record, &file);
}

/* "RULE POINTER MESSAGE" */
static void describe(char *text, size_t size, const struct problem *problem)
{
	snprintf(text, size, "%s %s %s", problem->rule, problem->pointer, problem->message);
}

static void note_all(const struct kind *kind, struct strlist *found)
{
	struct document d;

	document_from(&d, kind->text);
	kind->read(&d);
	for (size_t i = 0; i < d.problems.count; i++) {
		char text[512];

		describe(text, sizeof(text), &d.problems.items[i]);
		assert_int_equal(strlist_add(found, text), 0);
	}
	document_release(&d);
}

static cJSON *child_of(cJSON *node, const char *key)
{
	if (cJSON_IsArray(node))
		return cJSON_GetArrayItem(node, atoi(key));
	return cJSON_GetObjectItemCaseSensitive(node, key);
}

/* The last part of @pointer as a key, with ~1 undone; @parent is what holds it. */
static void find_parent(cJSON *root, const char *pointer, cJSON **parent, char *key, size_t size)
{
	*parent = root;
	for (;;) {
		size_t length = strcspn(++pointer, "/");

		snprintf(key, size, "%.*s", (int)length, pointer);
		if (strncmp(key, "~1", 2) == 0) {
			key[0] = '/';
			memmove(key + 1, key + 2, strlen(key + 2) + 1);
		}
		pointer += length;
		if (!*pointer)
			return;
		*parent = child_of(*parent, key);
		assert_non_null(*parent);
	}
}

/* The full document with @value, a JSON text, at @pointer; NULL: without what is there. For free().
 */
static char *mutated(const struct kind *kind, const char *pointer, const char *value)
{
	char key[128], *text;
	struct document d;
	cJSON *root, *parent;

	document_from(&d, kind->text);
	root = cJSON_Parse(d.text);
	assert_non_null(root);
	find_parent(root, pointer, &parent, key, sizeof(key));
	if (!child_of(parent, key))
		fail_msg("the full document has no '%s'", pointer);
	if (cJSON_IsArray(parent))
		cJSON_ReplaceItemInArray(parent, atoi(key), cJSON_CreateRaw(value));
	else if (value)
		cJSON_ReplaceItemInObjectCaseSensitive(parent, key, cJSON_CreateRaw(value));
	else
		cJSON_DeleteItemFromObjectCaseSensitive(parent, key);
	text = cJSON_PrintUnformatted(root);
	assert_non_null(text);
	cJSON_Delete(root);
	document_release(&d);
	return text;
}

/* Whether something that was not said of the full document is said of @pointer, or, when the field
 * is @missing, of what should hold it. */
static bool is_noted(const struct document *d, const struct strlist *before, const char *pointer,
                     bool missing)
{
	size_t length = missing ? (size_t)(strrchr(pointer, '/') - pointer) : strlen(pointer);

	for (size_t i = 0; i < d->problems.count; i++) {
		const struct problem *problem = &d->problems.items[i];
		char text[512];

		describe(text, sizeof(text), problem);
		if (strlen(problem->pointer) == length &&
		    memcmp(problem->pointer, pointer, length) == 0 &&
		    !strlist_contains(before, text))
			return true;
	}
	return false;
}

/* How many mutations were let through. */
static unsigned try(const struct kind *kind, const struct strlist *before, const char *pointer,
                    const char *value)
{
	char *text = mutated(kind, pointer, value);
	unsigned lenient = 0;
	struct document d;

	document_from(&d, text);
	kind->read(&d);
	/* A null counts as a field that is missing, too. */
	if (!(value && is_noted(&d, before, pointer, false)) &&
	    !((!value || strcmp(value, "null") == 0) && is_noted(&d, before, pointer, true))) {
		print_error("'%s' may be %s\n", pointer, value ? value : "missing");
		lenient = 1;
	}
	document_release(&d);
	free(text);
	return lenient;
}

/* What is refused for having another type, and the first integers beyond each kind's bounds. */
static const struct {
	unsigned types; /* a field of these is not tried with */
	const char *value;
} values[] = {
    {OBJECT, "{}"}, {ARRAY, "[]"},      {STRING, "\"0\""}, {BOOLEAN, "true"},
    {INTEGER, "1"}, {NULL_TOO, "null"}, {0, "1.5"},
};

static const struct {
	unsigned types;
	const char *below;
	const char *above;
} bounds[] = {
    {UINT16, "-1", "65536"},
    {UINT32, "-1", "4294967296"},
    {UINT64, "-1", "18446744073709551616"},
    {INT32, "-2147483649", "2147483648"},
    {INT64, "-9223372036854775809", "9223372036854775808"},
};

static unsigned try_words(const struct kind *kind, const struct strlist *before,
                          const struct constraint *c)
{
	char words[512], *rest = words, *word;
	unsigned lenient = 0;

	assert_in_range(snprintf(words, sizeof(words), "%s", c->wrong ? c->wrong : ""), 0,
	                sizeof(words) - 1);
	for (char *s = words; *s; s++)
		*s = *s == '\'' ? '"' : *s;
	while ((word = strsep(&rest, " ")))
		if (*word)
			lenient += try(kind, before, c->pointer, word);
	return lenient;
}

static unsigned try_all(const struct kind *kind, const struct strlist *before,
                        const struct constraint *c)
{
	unsigned lenient = try_words(kind, before, c);

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (!(c->types & values[i].types))
			lenient += try(kind, before, c->pointer, values[i].value);
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		if ((c->types & bounds[i].types) != bounds[i].types)
			continue;
		lenient += try(kind, before, c->pointer, bounds[i].below);
		lenient += try(kind, before, c->pointer, bounds[i].above);
	}
	if (c->required)
		lenient += try(kind, before, c->pointer, NULL);
	return lenient;
}

static void test_kind(const struct kind *kind)
{
	struct strlist before = {0};
	unsigned lenient = 0;

	note_all(kind, &before);
	for (const struct constraint *c = kind->constraints; c->pointer; c++)
		lenient += try_all(kind, &before, c);
	strlist_release(&before);
	if (lenient)
		fail_msg("%u of what the schema refuses passes without a word", lenient);
}

static void test_runtime_schema(void **state)
{
	(void)state;
	test_kind(&(struct kind){read_runtime, runtime_document, runtime_constraints});
}

/* Whether @pointer is @pattern, in which a part * stands for any. */
static bool fits(const char *pattern, const char *pointer)
{
	while (*pattern && *pointer) {
		size_t part = strcspn(pattern + 1, "/") + 1, other = strcspn(pointer + 1, "/") + 1;
		bool any = part == 2 && pattern[1] == '*';

		if (!any && (part != other || memcmp(pattern, pointer, part) != 0))
			return false;
		pattern += part;
		pointer += other;
	}
	return !*pattern && !*pointer;
}

static unsigned lacks(const struct constraint *constraints, const char *pattern)
{
	for (; constraints->pointer; constraints++)
		if (fits(pattern, constraints->pointer))
			return 0;
	print_error("'%s' is a field without a row here\n", pattern);
	return 1;
}

/* What stands below a field: "/0" of a list, a part of any name of an object of such. */
static const char *const below[] = {
    [FIELD_INTS] = "/0",  [FIELD_STRINGS] = "/0", [FIELD_RECORDS] = "/0",
    [FIELD_NAMES] = "/*", [FIELD_MAP] = "/*",
};

/* How many fields of @record, which is at @at, no constraint is for. */
static unsigned count_lacking(const struct constraint *constraints, const struct record *record,
                              const char *at)
{
	unsigned lacking = 0;

	for (const struct field *f = record->fields; f->key; f++) {
		const char *more =
		    (size_t)f->type < sizeof(below) / sizeof(*below) && below[f->type]
		        ? below[f->type]
		        : "";
		char pattern[160];

		snprintf(pattern, sizeof(pattern), "%s/%s", at, f->key);
		/* As Go writes hwConfig, which no schema knows. */
		if (strcmp(pattern, "/vm/hwconfig") == 0)
			continue;
		lacking += lacks(constraints, pattern);
		if (*more) {
			snprintf(pattern, sizeof(pattern), "%s/%s%s", at, f->key, more);
			lacking += lacks(constraints, pattern);
		}
		if (f->record)
			lacking += count_lacking(constraints, f->record, pattern);
	}
	return lacking;
}

static void test_every_field_is_tried(void **state)
{
	(void)state;
	assert_int_equal(count_lacking(runtime_constraints, &oci_runtime_record, ""), 0);
}

static void test_image_schema(void **state)
{
	(void)state;
	test_kind(&(struct kind){read_image, image_document, image_constraints});
}

static void test_layout_schemas(void **state)
{
	(void)state;
	test_kind(&(struct kind){read_index, index_document, index_constraints});
	test_kind(&(struct kind){read_manifest, manifest_document, manifest_constraints});
	test_kind(&(struct kind){read_layout_file, layout_document, layout_constraints});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_runtime_schema),
	    cmocka_unit_test(test_every_field_is_tried),
	    cmocka_unit_test(test_image_schema),
	    cmocka_unit_test(test_layout_schemas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
