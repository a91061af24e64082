/* SPDX-License-Identifier: MIT */
/* JSON as the contract wants it: what is refused and where, what is kept exactly. */
#include "document_test.h"

#include "contract.h"

struct sample {
	const char *bytes;
	size_t length;
};

#define SAMPLE(s)                \
	{                        \
		s, sizeof(s) - 1 \
	}

static const struct sample accepted[] = {
    SAMPLE("{}"),
    SAMPLE("[]"),
    SAMPLE("null"),
    SAMPLE("true"),
    SAMPLE("false"),
    SAMPLE("\"\""),
    SAMPLE(" \t\r\n1 \t\r\n"),
    SAMPLE("[ 1 , [ ] , { } ]"),
    SAMPLE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
    SAMPLE("\"\\u0001\\uFFFF\\ud7ff\\ue000\""),
    SAMPLE("\"\\ud800\\udc00\\uDBFF\\uDFFF\""),
    SAMPLE("\"\x7f\""),
    /* the first and last of each length, and both sides of the surrogates */
    SAMPLE("\"\xc2\x80\xdf\xbf\""),
    SAMPLE("\"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\""),
    SAMPLE("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""),
    SAMPLE("0"),
    SAMPLE("-0"),
    SAMPLE("-0.0e-0"),
    SAMPLE("10"),
    SAMPLE("1.5E+30"),
    SAMPLE("1e400"),
    SAMPLE("1e-400"),
    SAMPLE("18446744073709551616"),
    SAMPLE("[123456789012345678901234567890123456789012345678901234567890123]"),
};

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		struct document d;

		document_from_bytes(&d, accepted[i].bytes, accepted[i].length);
		assert_problems(&d.problems, "");
		assert_int_equal(d.result, 0);
		document_release(&d);
	}
}

static const struct {
	struct sample sample;
	const char *place;
	const char *message;
} refused[] = {
    {SAMPLE(""), "1:1", "a value is missing"},
    {SAMPLE(" \n "), "2:2", "a value is missing"},
    {SAMPLE("\xef\xbb\xbf{}"), "1:1", "starts with a byte order mark"},
    {SAMPLE("{} x"), "1:4", "something follows the document"},
    {SAMPLE("{}{}"), "1:3", "something follows the document"},
    {SAMPLE("1 2"), "1:3", "something follows the document"},
    {SAMPLE("{}\0"), "1:3", "something follows the document"},
    {SAMPLE("\0"), "1:1", "this is no JSON value"},
    {SAMPLE("\v1"), "1:1", "this is no JSON value"},
    {SAMPLE("\xc2\xa0"
            "1"),
     "1:1", "this is no JSON value"},
    {SAMPLE("'a'"), "1:1", "this is no JSON value"},
    {SAMPLE("NaN"), "1:1", "this is no JSON value"},
    {SAMPLE("Infinity"), "1:1", "this is no JSON value"},
    {SAMPLE("-Infinity"), "1:2", "a digit is missing"},
    {SAMPLE("+1"), "1:1", "this is no JSON value"},
    {SAMPLE("/* */1"), "1:1", "this is no JSON value"},
    {SAMPLE("tru"), "1:1", "unknown word"},
    {SAMPLE("nul1"), "1:1", "unknown word"},
    {SAMPLE("True"), "1:1", "this is no JSON value"},
    {SAMPLE("truex"), "1:5", "something follows the document"},
    {SAMPLE("01"), "1:2", "a number has a leading zero"},
    {SAMPLE("-01"), "1:3", "a number has a leading zero"},
    {SAMPLE("-"), "1:2", "a digit is missing"},
    {SAMPLE("1."), "1:3", "a digit is missing"},
    {SAMPLE(".5"), "1:1", "this is no JSON value"},
    {SAMPLE("1.e3"), "1:3", "a digit is missing"},
    {SAMPLE("1e"), "1:3", "a digit is missing"},
    {SAMPLE("1e+"), "1:4", "a digit is missing"},
    {SAMPLE("0x10"), "1:2", "something follows the document"},
    {SAMPLE("1234567890123456789012345678901234567890123456789012345678901234567890"
            "123456789012345678901234567890"),
     "1:101", "a number is longer than 63 characters"},
    {SAMPLE("{\"a\"}"), "1:5", "':' is missing after a member name"},
    {SAMPLE("{\"a\":}"), "1:6", "this is no JSON value"},
    {SAMPLE("{\"a\":1,}"), "1:8", "a member name in quotes is missing"},
    {SAMPLE("{,}"), "1:2", "a member name in quotes is missing"},
    {SAMPLE("{a:1}"), "1:2", "a member name in quotes is missing"},
    {SAMPLE("{\"a\":1 \"b\":2}"), "1:8", "',' or '}' is missing"},
    {SAMPLE("{\"a\":1]"), "1:7", "',' or '}' is missing"},
    {SAMPLE("[1,]"), "1:4", "this is no JSON value"},
    {SAMPLE("[,1]"), "1:2", "this is no JSON value"},
    {SAMPLE("[1 2]"), "1:4", "',' or ']' is missing"},
    {SAMPLE("[1}"), "1:3", "',' or ']' is missing"},
    {SAMPLE("\"a"), "1:3", "a string does not end"},
    {SAMPLE("\"a\\\""), "1:5", "a string does not end"},
    {SAMPLE("\"a\nb\""), "1:3", "a string holds a raw control character"},
    {SAMPLE("\"a\0b\""), "1:3", "a string holds a raw control character"},
    {SAMPLE("\"\\x41\""), "1:3", "unknown escape in a string"},
    {SAMPLE("\"\\'\""), "1:3", "unknown escape in a string"},
    {SAMPLE("\"\\\0\""), "1:3", "unknown escape in a string"},
    {SAMPLE("\"\\u12g4\""), "1:4", "\\u needs four hexadecimal digits"},
    {SAMPLE("\"\\u12"), "1:4", "\\u needs four hexadecimal digits"},
    {SAMPLE("\"\\u0000\""), "1:4", "a string holds a NUL"},
    {SAMPLE("\"\\udc00\""), "1:4", "a string holds a lone surrogate"},
    {SAMPLE("\"\\ud800\""), "1:8", "a string holds a lone surrogate"},
    {SAMPLE("\"\\ud800x\""), "1:8", "a string holds a lone surrogate"},
    {SAMPLE("\"\\ud800\\ud800\""), "1:8", "a string holds a lone surrogate"},
    {SAMPLE("\"\\ud800\\u0041\""), "1:8", "a string holds a lone surrogate"},
    /* overlong, surrogates, beyond U+10FFFF, stray and missing continuation bytes */
    {SAMPLE("\"\xc0\x80\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xc1\xbf\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xe0\x9f\xbf\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xed\xa0\x80\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xed\xbf\xbf\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xf0\x8f\xbf\xbf\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xf4\x90\x80\x80\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xf5\x80\x80\x80\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xff\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"ab\x80\""), "1:4", "a string is not UTF-8"},
    {SAMPLE("\"\xc2\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xc2"), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xe2\x82\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("\"\xf0\x9f\x98\""), "1:2", "a string is not UTF-8"},
    {SAMPLE("{\"\xff\":1}"), "1:3", "a string is not UTF-8"},
    {SAMPLE("{\n  \"a\": 1,\n  \"b\": tru\n}\n"), "3:8", "unknown word"},
    {SAMPLE("[1,\r\n2,\r\n\t3 4]"), "3:4", "',' or ']' is missing"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct document d;
		char expected[128];

		snprintf(expected, sizeof(expected), "%s error json-syntax : %s", refused[i].place,
		         refused[i].message);
		document_from_bytes(&d, refused[i].sample.bytes, refused[i].sample.length);
		assert_problems(&d.problems, expected);
		assert_int_equal(d.result, -EINVAL);
		document_release(&d);
	}
}

static const char whole[] = "{\"list\":[1,-2.5e+3,true,false,null,{}],\"text\":\"a\\u00e9\\n"
                            "\xc3\xa9\xf0\x9f\x98\x80\\ud83d\\ude00\",\"deep\":[[[{\"x\":[]}]]]}";

static void test_every_truncation(void **state)
{
	struct document d;

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		document_from_bytes(&d, whole, n);
		assert_int_equal(d.result, -EINVAL);
		assert_int_equal(d.problems.count, 1);
		assert_string_equal(d.problems.items[0].rule, "json-syntax");
		document_release(&d);
	}
	document_from_bytes(&d, whole, sizeof(whole) - 1);
	assert_int_equal(d.result, 0);
	document_release(&d);
}

/* Any byte may be wrong: refused or not, but with a reason, and never a bad read. */
static void test_every_byte_replaced(void **state)
{
	static const char bytes[] = {0,   '"', '\\', '{',  ']',    ',',
	                             '0', 'e', '-',  '\n', '\x80', '\xf4'};
	char copy[sizeof(whole)];

	(void)state;
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		for (size_t k = 0; k < sizeof(bytes); k++) {
			struct document d;

			memcpy(copy, whole, sizeof(whole));
			copy[i] = bytes[k];
			document_from_bytes(&d, copy, sizeof(whole) - 1);
			assert_true(d.result == 0 || d.result == -EINVAL);
			assert_int_equal(d.result == -EINVAL, d.problems.errors > 0);
			document_release(&d);
		}
	}
}

static void assert_depth(unsigned depth, char open, char close, const char *between, int result)
{
	struct document d;
	char text[1024];
	size_t n = 0;

	for (unsigned i = 0; i < depth; i++) {
		text[n++] = open;
		if (i + 1 < depth)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", between);
	}
	for (unsigned i = 0; i < depth; i++)
		text[n++] = close;
	document_from_bytes(&d, text, n);
	assert_int_equal(d.result, result);
	if (result < 0)
		assert_string_equal(d.problems.items[0].message, "nested too deeply");
	document_release(&d);
}

static void test_depth(void **state)
{
	(void)state;
	assert_depth(MAX_JSON_DEPTH, '[', ']', "", 0);
	assert_depth(MAX_JSON_DEPTH + 1, '[', ']', "", -EINVAL);
	assert_depth(MAX_JSON_DEPTH, '{', '}', "\"a\":", 0);
	assert_depth(MAX_JSON_DEPTH + 1, '{', '}', "\"a\":", -EINVAL);
}

/* A megabyte of opening brackets is refused, not recursed into. */
static void test_depth_bomb(void **state)
{
	size_t length = 1 << 20;
	char *text = malloc(length);
	struct document d;

	(void)state;
	assert_non_null(text);
	memset(text, '[', length);
	document_from_bytes(&d, text, length);
	assert_problems(&d.problems, "1:65 error json-syntax : nested too deeply");
	document_release(&d);
	free(text);
}

static void assert_duplicates(const char *text, const char *expected)
{
	struct document d;

	document_from(&d, text);
	assert_problems(&d.problems, expected);
	assert_int_equal(d.result, expected[0] ? -EINVAL : 0);
	document_release(&d);
}

static void test_duplicate_keys(void **state)
{
	(void)state;
	assert_duplicates("{'a':1,'A':2,'a ':3,'':4}", "");
	assert_duplicates("[{'a':1},{'a':1}]", "");
	assert_duplicates("{'a':1,\n'a':2}", "2:5 error json-duplicate-key : duplicate key 'a'");
	assert_duplicates("{'a':1,'\\u0061':2}",
	                  "1:17 error json-duplicate-key : duplicate key 'a'");
	assert_duplicates("{'\xc3\xa9':1,'\\u00E9':2}",
	                  "1:18 error json-duplicate-key : duplicate key '\xc3\xa9'");
	assert_duplicates("{'':1,'':2}", "1:10 error json-duplicate-key : duplicate key ''");
	assert_duplicates("{'a':{'b':1,'b':2},'c':0,'a':3}",
	                  "1:17 error json-duplicate-key : duplicate key 'b'\n"
	                  "1:30 error json-duplicate-key : duplicate key 'a'");
	assert_duplicates("{'a':1,'a':2,'a':3}",
	                  "1:12 error json-duplicate-key : duplicate key 'a'\n"
	                  "1:18 error json-duplicate-key : duplicate key 'a'");
}

/* 100,000 names, as an object of "kN":N; @twice repeats the first name at the end. */
static char *many_keys(size_t *length, bool twice)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	assert_non_null(out);
	putc('{', out);
	for (int i = 0; i < 100000; i++)
		fprintf(out, "%s\"k%d\":%d", i ? "," : "", i, i);
	fputs(twice ? ",\"k0\":0}" : "}", out);
	fclose(out);
	return text;
}

static void test_many_keys(void **state)
{
	struct document d;
	int64_t value = 0;
	size_t length;
	char *text = many_keys(&length, false);

	(void)state;
	document_from_bytes(&d, text, length);
	assert_int_equal(d.result, 0);
	assert_int_equal(json_int64(json_find(&d.doc, "/k99999"), &value), 0);
	assert_int_equal(value, 99999);
	document_release(&d);
	free(text);

	text = many_keys(&length, true);
	document_from_bytes(&d, text, length);
	assert_int_equal(d.result, -EINVAL);
	assert_int_equal(d.problems.count, 1);
	assert_string_equal(d.problems.items[0].message, "duplicate key 'k0'");
	document_release(&d);
	free(text);
}

/* [0,0,…] of @count numbers: with the array one value more. */
static void assert_values(size_t count, const char *problems)
{
	size_t length = 2 * count + 1;
	char *text = malloc(length);
	struct document d;

	assert_non_null(text);
	for (size_t i = 0; i < length; i++)
		text[i] = i % 2 ? '0' : ',';
	text[0] = '[';
	text[length - 1] = ']';
	document_from_bytes(&d, text, length);
	assert_problems(&d.problems, problems);
	assert_int_equal(d.result, problems[0] ? -EINVAL : 0);
	document_release(&d);
	free(text);
}

static void test_many_values(void **state)
{
	(void)state;
	assert_values(MAX_JSON_VALUES - 1, "");
	assert_values(MAX_JSON_VALUES, "1:1048576 error json-syntax : "
	                               "there are too many values (MAX_JSON_VALUES)");
}

static void assert_place(const struct json_doc *doc, const char *pointer, unsigned line,
                         unsigned column)
{
	const cJSON *node = json_find(doc, pointer);
	struct place place;

	assert_non_null(node);
	place = json_place(doc, node, pointer);
	assert_ptr_equal(place.pointer, pointer);
	assert_int_equal(place.line, line);
	assert_int_equal(place.column, column);
}

static void test_places(void **state)
{
	struct document d;
	struct place place;

	(void)state;
	/* Columns are counted in bytes. */
	document_from(&d, "\n {'a': 1,\n\n\t'\xc3\xa9': [ true,\n'x'], 'b':\n{'c':null}}\n");
	assert_int_equal(d.result, 0);
	assert_place(&d.doc, "", 2, 2);
	assert_place(&d.doc, "/a", 2, 8);
	assert_place(&d.doc, "/\xc3\xa9", 4, 8);
	assert_place(&d.doc, "/\xc3\xa9/0", 4, 10);
	assert_place(&d.doc, "/\xc3\xa9/1", 5, 1);
	assert_place(&d.doc, "/b", 6, 1);
	assert_place(&d.doc, "/b/c", 6, 6);

	place = json_place(&d.doc, NULL, "/gone");
	assert_string_equal(place.pointer, "/gone");
	assert_int_equal(place.line, 0);
	place = json_place(NULL, d.doc.root, "/a");
	assert_int_equal(place.line, 0);
	document_release(&d);
}

/* Lines of many lengths, so that they and the blocks they are counted by meet in many ways. */
static void test_places_in_a_long_document(void **state)
{
	size_t size = 300000, length = 0, line = 1, column = 1;
	char *text = malloc(size);
	struct document d;
	const cJSON *node;

	(void)state;
	assert_non_null(text);
	text[length++] = '[';
	for (unsigned i = 0; length < size - 400; i++) {
		size_t spaces = i * 37 % 211 * (i % 3);

		if (i % 2)
			text[length++] = '\n';
		memset(text + length, i % 5 ? ' ' : '\n', spaces);
		length += spaces;
		length += (size_t)sprintf(text + length, "%u,", i);
	}
	text[length - 1] = ']';
	document_from_bytes(&d, text, length);
	assert_int_equal(d.result, 0);
	node = d.doc.root->child;
	for (size_t i = 0; node; i++) {
		struct place place = json_place(&d.doc, node, "");

		if (text[i] == '\n') {
			line++;
			column = 0;
		}
		if (i == (size_t)node->valueint) {
			assert_int_equal(place.line, line);
			assert_int_equal(place.column, column);
			node = node->next;
		}
		column++;
	}
	document_release(&d);
	free(text);
}

static void test_only_line_ends(void **state)
{
	size_t length = 1 << 20;
	char *text = malloc(length);
	struct document d;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', length);
	document_from_bytes(&d, text, length);
	assert_problems(&d.problems, "1048577:1 error json-syntax : a value is missing");
	document_release(&d);
	free(text);
}

static void assert_found(const struct json_doc *doc, const char *pointer, const char *expected)
{
	const cJSON *node = json_find(doc, pointer);
	char *text;

	if (!expected) {
		assert_null(node);
		return;
	}
	assert_non_null(node);
	text = cJSON_PrintUnformatted(node);
	assert_string_equal(text, expected);
	free(text);
}

static void test_find(void **state)
{
	struct document d;

	(void)state;
	document_from(&d, "{'a/b':{'m~n':[10,[20]]},'':7,'~1':8,'~':9,'ab':1,'a':2,'0':3}");
	assert_ptr_equal(json_find(&d.doc, ""), d.doc.root);
	assert_found(&d.doc, "/a~1b/m~0n/0", "10");
	assert_found(&d.doc, "/a~1b/m~0n/1/0", "20");
	assert_found(&d.doc, "/", "7");
	assert_found(&d.doc, "/~01", "8");
	assert_found(&d.doc, "/~0", "9");
	assert_found(&d.doc, "/a", "2");
	assert_found(&d.doc, "/ab", "1");
	assert_found(&d.doc, "/0", "3");
	assert_found(&d.doc, "/abc", NULL);
	assert_found(&d.doc, "/A", NULL);
	assert_found(&d.doc, "/a/b", NULL);
	assert_found(&d.doc, "/a~1b/m~0n/2", NULL);
	assert_found(&d.doc, "/ab/0", NULL);
	/* RFC 6901: an index is digits without a leading zero; a pointer starts with "/" */
	assert_found(&d.doc, "/a~1b/m~0n/", NULL);
	assert_found(&d.doc, "/a~1b/m~0n/00", NULL);
	assert_found(&d.doc, "/a~1b/m~0n/-", NULL);
	assert_found(&d.doc, "/a~1b/m~0n/+1", NULL);
	assert_found(&d.doc, "/a~1b/m~0n/1x", NULL);
	assert_found(&d.doc, "/a~1b/m~0n/18446744073709551616", NULL);
	assert_found(&d.doc, "a", NULL);
	assert_null(json_find(NULL, ""));
	document_release(&d);
}

static const struct {
	const char *text;
	int signed_result;
	int64_t signed_value;
	int unsigned_result;
	uint64_t unsigned_value;
} integers[] = {
    {"0", 0, 0, 0, 0},
    {"-0", 0, 0, 0, 0},
    {"-1", 0, -1, -ERANGE, 0},
    {"9007199254740993", 0, 9007199254740993, 0, 9007199254740993},
    {"9223372036854775807", 0, INT64_MAX, 0, INT64_MAX},
    {"9223372036854775808", -ERANGE, 0, 0, 9223372036854775808u},
    {"-9223372036854775808", 0, INT64_MIN, -ERANGE, 0},
    {"-9223372036854775809", -ERANGE, 0, -ERANGE, 0},
    {"18446744073709551615", -ERANGE, 0, 0, UINT64_MAX},
    {"18446744073709551616", -ERANGE, 0, -ERANGE, 0},
    {"1.0", -EINVAL, 0, -EINVAL, 0},
    {"1e3", -EINVAL, 0, -EINVAL, 0},
    {"1E3", -EINVAL, 0, -EINVAL, 0},
    {"-0.0", -EINVAL, 0, -EINVAL, 0},
    {"1e400", -EINVAL, 0, -EINVAL, 0},
    {"true", -EINVAL, 0, -EINVAL, 0},
    {"'1'", -EINVAL, 0, -EINVAL, 0},
    {"null", -EINVAL, 0, -EINVAL, 0},
};

static void test_integers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(integers); i++) {
		struct document d;
		int64_t s = 0;
		uint64_t u = 0;

		document_from(&d, integers[i].text);
		assert_int_equal(json_int64(d.doc.root, &s), integers[i].signed_result);
		assert_true(s == integers[i].signed_value);
		assert_int_equal(json_uint64(d.doc.root, &u), integers[i].unsigned_result);
		assert_true(u == integers[i].unsigned_value);
		document_release(&d);
	}
}

/* Numbers are printed as they were written, whatever a double would make of them. */
static void test_numbers_are_kept(void **state)
{
	static const char text[] = "[18446744073709551615,-0,1e400,0.1,1.50,"
	                           "12345678901234567890.123456789]";
	struct document d;
	char *printed;

	(void)state;
	document_from(&d, text);
	printed = cJSON_PrintUnformatted(d.doc.root);
	assert_string_equal(printed, text);
	free(printed);
	for (int i = 0; i < cJSON_GetArraySize(d.doc.root); i++)
		assert_true(json_is_number(cJSON_GetArrayItem(d.doc.root, i)));
	assert_false(json_is_number(d.doc.root));
	document_release(&d);
}

static void test_utf8(void **state)
{
	(void)state;
	assert_true(json_is_utf8(""));
	assert_true(json_is_utf8("plain\n"));
	assert_true(json_is_utf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
	assert_false(json_is_utf8("\xc3"));
	assert_false(json_is_utf8("a\xe2\x82"));
	assert_false(json_is_utf8("\xed\xa0\x80"));
	assert_false(json_is_utf8("\xc0\xaf"));
	assert_false(json_is_utf8("\x80"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepted),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_every_truncation),
	    cmocka_unit_test(test_every_byte_replaced),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_depth_bomb),
	    cmocka_unit_test(test_duplicate_keys),
	    cmocka_unit_test(test_many_keys),
	    cmocka_unit_test(test_many_values),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_places_in_a_long_document),
	    cmocka_unit_test(test_only_line_ends),
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_integers),
	    cmocka_unit_test(test_numbers_are_kept),
	    cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
