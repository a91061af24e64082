/* SPDX-License-Identifier: MIT */
/* Where fields of OCI documents go: the rows against what the readers know, and the walk. */
#include "host_test.h"

#include "elide.h"
#include "oci_image.h"
#include "oci_places.h"
#include "oci_runtime.h"
#include "oci_runtime_doc.h"
#include "record.h"

#define MAX_POINTER 256

/* Whether a row stands for @pointer or for something that holds it. */
static bool has_row(const struct oci_row *rows, const char *pointer)
{
	char part[MAX_POINTER];

	snprintf(part, sizeof(part), "%s", pointer);
	while (part[0]) {
		if (oci_row_find(rows, part))
			return true;
		*strrchr(part, '/') = '\0';
	}
	return false;
}

/* Every field that the table decodes: it has a row, or something in it has, or what holds it. */
static void check_fields(const struct oci_row *rows, const struct record *record,
                         const char *pointer)
{
	for (const struct field *f = record->fields; f->key; f++) {
		char below[MAX_POINTER];
		bool items = f->type == FIELD_RECORDS || f->type == FIELD_NAMES;

		snprintf(below, sizeof(below), "%s/%s", pointer, f->key);
		if (!has_row(rows, below) && !oci_row_below(rows, below))
			fail_msg("'%s' is read and has no row", below);
		if (f->record && !has_row(rows, below)) {
			snprintf(below, sizeof(below), "%s/%s%s", pointer, f->key,
			         items ? "/*" : "");
			check_fields(rows, f->record, below);
		}
	}
}

/* The field that a pattern leads to, or NULL. */
static const struct field *field_at(const struct record *record, const char *pattern)
{
	const struct field *found = NULL;

	while (*pattern == '/') {
		size_t length = strcspn(++pattern, "/");

		if (!(length == 1 && *pattern == '*')) {
			const struct field *f = record ? record->fields : NULL;

			while (f && f->key &&
			       (strlen(f->key) != length || memcmp(f->key, pattern, length) != 0))
				f++;
			if (!f || !f->key)
				return NULL;
			found = f;
			record = f->record;
		}
		pattern += length;
	}
	return found;
}

/* What has a place somewhere is read there; what has none need not be. */
static void check_rows(const struct oci_row *rows, const struct record *record)
{
	for (const struct oci_row *row = rows; row->pattern; row++) {
		bool nowhere = row->place == PLACE_IGNORED || row->place == PLACE_REFUSED;

		if (!row->why || !*row->why)
			fail_msg("'%s' has no reason", row->pattern);
		if (oci_row_find(rows, row->pattern) != row)
			fail_msg("'%s' stands twice", row->pattern);
		if (oci_row_below(rows, row->pattern))
			fail_msg("'%s' has rows below it", row->pattern);
		if (!nowhere && !field_at(record, row->pattern))
			fail_msg("'%s' has a row and is not read", row->pattern);
	}
}

static void test_each_field_has_a_row(void **state)
{
	(void)state;
	check_fields(oci_runtime_rows, &oci_runtime_record, "");
	check_fields(oci_image_rows, &oci_image_record, "");
	check_rows(oci_runtime_rows, &oci_runtime_record);
	check_rows(oci_image_rows, &oci_image_record);
}

static void test_patterns(void **state)
{
	static const struct oci_row rows[] = {
	    {"/a", PLACE_HOST, "one", false},
	    {"/b/*/c", PLACE_VMM, "two", false},
	    {"/d~1e", PLACE_DISK, "three", false},
	    {.pattern = NULL},
	};

	(void)state;
	assert_ptr_equal(oci_row_find(rows, "/a"), &rows[0]);
	assert_ptr_equal(oci_row_find(rows, "/b/0/c"), &rows[1]);
	assert_ptr_equal(oci_row_find(rows, "/b/anything/c"), &rows[1]);
	assert_ptr_equal(oci_row_find(rows, "/d~1e"), &rows[2]);
	assert_null(oci_row_find(rows, ""));
	assert_null(oci_row_find(rows, "/"));
	assert_null(oci_row_find(rows, "/ab"));
	assert_null(oci_row_find(rows, "/a/b"));
	assert_null(oci_row_find(rows, "/b"));
	assert_null(oci_row_find(rows, "/b/0"));
	assert_null(oci_row_find(rows, "/b/0/c/d"));
	assert_true(oci_row_below(rows, ""));
	assert_true(oci_row_below(rows, "/b"));
	assert_true(oci_row_below(rows, "/b/7"));
	assert_false(oci_row_below(rows, "/a"));
	assert_false(oci_row_below(rows, "/b/7/c"));
	assert_false(oci_row_below(rows, "/c"));
}

static int print_visit(void *arg, const cJSON *node, const char *pointer, const struct oci_row *row)
{
	(void)node;
	fprintf(arg, "%s%s\n", row ? "" : "unknown ", pointer);
	return 0;
}

static void assert_walked(const char *text, const struct oci_row *rows, const struct record *record,
                          const char *expected)
{
	char *walked = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&walked, &size);
	struct document d;

	assert_non_null(out);
	document_from(&d, text);
	assert_int_equal(oci_places_walk(d.json.root, rows, record, print_visit, out), 0);
	fclose(out);
	assert_string_equal(walked, expected);
	free(walked);
	document_release(&d);
}

static void test_walk(void **state)
{
	(void)state;
	assert_walked("{'ociVersion':'1.0.0','what':{'ever':1},'process':{'cwd':'/','a~/b':0,"
	              "'rlimits':[{'type':'RLIMIT_CPU','x':1}],'env':['A=b']},"
	              "'mounts':[{'destination':'/a','new':2},7],"
	              "'linux':{'seccomp':{'syscalls':[{'names':['read'],'y':[]}]}},"
	              "'annotations':{'any':'thing'}}",
	              oci_runtime_rows, &oci_runtime_record,
	              "/ociVersion\n"
	              "unknown /what\n"
	              "/process/cwd\n"
	              "unknown /process/a~0~1b\n"
	              "/process/rlimits\n"
	              "unknown /process/rlimits/0/x\n"
	              "/process/env\n"
	              "/mounts/0/destination\n"
	              "unknown /mounts/0/new\n"
	              "/linux/seccomp\n"
	              "unknown /linux/seccomp/syscalls/0/y\n"
	              "/annotations\n");
	assert_walked("{'os':'linux','config':{'Cmd':null,'Labels':{'a':'b'},'Odd':1,"
	              "'ExposedPorts':{'80/tcp':{},'81':{'x':1}}}}",
	              oci_image_rows, &oci_image_record,
	              "/os\n/config/Cmd\n/config/Labels\nunknown /config/Odd\n"
	              "/config/ExposedPorts\nunknown /config/ExposedPorts/81/x\n");
}

static void assert_elided(const char *text, const char *expected)
{
	struct document d;
	cJSON *copy;
	char *json;

	document_from(&d, text);
	copy = elided(d.json.root);
	assert_non_null(copy);
	json = cJSON_PrintUnformatted(copy);
	assert_string_equal(json, expected);
	free(json);
	cJSON_Delete(copy);
	document_release(&d);
}

static void test_secrets_are_elided(void **state)
{
	(void)state;
	assert_elided("{'env':['A=secret','B=','C'],'args':['A=b']}",
	              "{\"env\":[\"A=\u2026\",\"B=\u2026\",\"\u2026\"],\"args\":[\"A=b\"]}");
	assert_elided(
	    "{'env':{'A':'x=y'},'hooks':[{'env':['K=v'],'path':'/p'}]}",
	    "{\"env\":{\"A\":\"\u2026\"},\"hooks\":[{\"env\":[\"K=\u2026\"],\"path\":\"/p\"}]}");
	assert_elided("{'files':[{'path':'/a','content':'secret'},{'content_base64':'eA=='}]}",
	              "{\"files\":[{\"path\":\"/a\",\"content\":\"\u2026\"},"
	              "{\"content_base64\":\"\u2026\"}]}");
	assert_elided("{'report':{'nonce':'00'},'n':18446744073709551615}",
	              "{\"report\":{\"nonce\":\"\u2026\"},\"n\":18446744073709551615}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_field_has_a_row),
	    cmocka_unit_test(test_patterns),
	    cmocka_unit_test(test_walk),
	    cmocka_unit_test(test_secrets_are_elided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
