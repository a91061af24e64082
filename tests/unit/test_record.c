/* SPDX-License-Identifier: MIT */
/* The engine behind the table, with a table of its own that has every type of field. */
#include "document_test.h"

#include "list.h"
#include "record_rows.h"
#include "vmconfig.h"

struct leaf {
	char *id;
	struct optint size;
};

struct tree {
	bool flag;
	struct optint number; /* -5..10 */
	struct optint any;
	struct optuint large;
	struct intlist numbers; /* 1..3 */
	int colour;
	char *word;
	struct strlist words;
	struct strmap map;
	struct leaf *leaf;
	struct {
		struct leaf *items;
		size_t count;
	} leaves;
};

static const char *complain_x(const char *value)
{
	return strchr(value, 'x') ? "has an 'x'" : NULL;
}

static const struct format no_x = {"no-x", "^[^x]*$", complain_x};
static const char *const colours[] = {"red", "green", NULL};

static const struct field leaf_fields[] = {
    {"id", FIELD_STRING, AT(leaf, id), .format = &no_x, .flags = FIELD_REQUIRED, .doc = "name"},
    {"size", FIELD_INT, AT(leaf, size), .max = 9},
    {.key = NULL},
};
static const struct record leaf_record = {"leaf", sizeof(struct leaf), leaf_fields, false};

static const struct field tree_fields[] = {
    {"flag", FIELD_BOOL, AT(tree, flag)},
    {"number", FIELD_INT, AT(tree, number), .min = -5, .max = 10},
    {"any", FIELD_INT, AT(tree, any)},
    {"large", FIELD_UINT, AT(tree, large)},
    {"numbers", FIELD_INTS, AT(tree, numbers), .min = 1, .max = 3},
    {"colour", FIELD_ENUM, AT(tree, colour), .values = colours},
    {"word", FIELD_STRING, AT(tree, word), .format = &no_x},
    {"words", FIELD_STRINGS, AT(tree, words), .format = &no_x},
    {"map", FIELD_MAP, AT(tree, map), .format = &no_x, .name_format = &no_x},
    {"leaf", FIELD_RECORD, AT(tree, leaf), .record = &leaf_record},
    {"leaves", FIELD_RECORDS, AT_LIST(tree, leaves), .record = &leaf_record, .max = 3},
    {.key = NULL},
};
static const struct record tree_record = {"tree", sizeof(struct tree), tree_fields, false};
static const struct record open_record = {"tree", sizeof(struct tree), tree_fields, true};

/* The same members, each written even when nothing is given. */
static const struct field always_fields[] = {
    {"flag", FIELD_BOOL, AT(tree, flag), .flags = FIELD_ALWAYS},
    {"number", FIELD_INT, AT(tree, number), .flags = FIELD_ALWAYS},
    {"numbers", FIELD_INTS, AT(tree, numbers), .flags = FIELD_ALWAYS},
    {"colour", FIELD_ENUM, AT(tree, colour), .values = colours, .flags = FIELD_ALWAYS},
    {"word", FIELD_STRING, AT(tree, word), .flags = FIELD_ALWAYS},
    {"words", FIELD_STRINGS, AT(tree, words), .flags = FIELD_ALWAYS},
    {"map", FIELD_MAP, AT(tree, map), .flags = FIELD_ALWAYS},
    {"leaves", FIELD_RECORDS, AT_LIST(tree, leaves), .record = &leaf_record, .flags = FIELD_ALWAYS},
    {.key = NULL},
};
static const struct record always_record = {"always", sizeof(struct tree), always_fields, false};

static const char full[] =
    "{\"flag\":true,\"number\":-5,\"any\":9223372036854775807,\"large\":18446744073709551615,"
    "\"numbers\":[1,3],"
    "\"colour\":\"green\",\"word\":\"a\\tb\",\"words\":[\"\",\"c d\"],"
    "\"map\":{\"\":\"\",\"b/~\":\"1\",\"a\":\"2\"},\"leaf\":{\"id\":\"l\",\"size\":0},"
    "\"leaves\":[{\"id\":\"m\"},{\"id\":\"n\",\"size\":9}]}";

static void assert_encodes(const struct record *rec, const void *in, const char *expected)
{
	cJSON *object = record_encode(rec, in);
	char *text = cJSON_PrintUnformatted(object);

	assert_string_equal(text, expected);
	free(text);
	cJSON_Delete(object);
}

static void test_every_type(void **state)
{
	struct tree t = {0};
	struct document d;

	(void)state;
	document_from(&d, full);
	assert_int_equal(record_decode(&tree_record, &d.doc, d.doc.root, "", &t, &d.problems), 0);
	assert_problems(&d.problems, "");
	assert_true(t.flag);
	assert_true(t.number.set && t.number.value == -5);
	assert_true(t.any.set && t.any.value == INT64_MAX);
	assert_true(t.large.set && t.large.value == UINT64_MAX);
	assert_int_equal(t.numbers.count, 2);
	assert_int_equal(t.numbers.items[1], 3);
	assert_int_equal(t.colour, 2);
	assert_string_equal(t.word, "a\tb");
	assert_int_equal(t.words.count, 2);
	assert_string_equal(t.words.items[0], "");
	assert_string_equal(strmap_get(&t.map, "b/~"), "1");
	assert_string_equal(t.map.items[2].name, "a");
	assert_true(t.leaf->size.set && t.leaf->size.value == 0);
	assert_false(t.leaves.items[0].size.set);
	assert_string_equal(t.leaves.items[1].id, "n");
	for (const struct field *f = tree_fields; f->key; f++)
		assert_true(field_is_set(f, &t));
	assert_encodes(&tree_record, &t, full);
	record_release(&tree_record, &t);
	assert_memory_equal(&t, &(struct tree){0}, sizeof(t));
	record_release(&tree_record, &t);
	document_release(&d);
}

static void test_nothing_given(void **state)
{
	struct tree t = {0};

	(void)state;
	for (const struct field *f = tree_fields; f->key; f++)
		assert_false(field_is_set(f, &t));
	assert_encodes(&tree_record, &t, "{}");
	assert_encodes(&always_record, &t,
	               "{\"flag\":false,\"number\":0,\"numbers\":[],\"colour\":\"\",\"word\":\"\","
	               "\"words\":[],\"map\":{},\"leaves\":[]}");
}

/* What @rec makes of @text: the problems, and the encoding when @encoded is given. */
static void assert_decodes(const struct record *rec, const char *text, const char *problems,
                           const char *encoded)
{
	struct tree t = {0};
	struct document d;

	document_from(&d, text);
	assert_int_equal(d.result, 0);
	assert_int_equal(record_decode(rec, &d.doc, d.doc.root, "", &t, &d.problems), 0);
	assert_problems(&d.problems, problems);
	if (encoded)
		assert_encodes(&tree_record, &t, encoded);
	record_release(rec, &t);
	document_release(&d);
}

static void test_null_is_absent(void **state)
{
	(void)state;
	assert_decodes(&tree_record,
	               "{'flag':null,'number':null,'numbers':null,'colour':null,'word':null,"
	               "'words':null,'map':null,'leaf':null,'leaves':null}",
	               "", "{}");
	/* So is an empty string; but not one in a list. */
	assert_decodes(&tree_record, "{'word':'','colour':'','words':['']}", "",
	               "{\"words\":[\"\"]}");
	assert_decodes(&tree_record, "{'words':['a',null]}",
	               "1:15 error type /words/1: is null, must be a string", NULL);
	assert_decodes(&tree_record, "{'map':{'a':null}}",
	               "1:13 error type /map/a: is null, must be a string", NULL);
	assert_decodes(&tree_record, "{'leaves':[null]}",
	               "1:12 error type /leaves/0: is null, must be an object", NULL);
	assert_decodes(&tree_record, "{'numbers':[null]}",
	               "1:13 error type /numbers/0: is null, must be an integer", NULL);
}

static void test_wrong_types(void **state)
{
	(void)state;
	assert_decodes(&tree_record, "[]", "1:1 error type : is an array, must be an object", "{}");
	assert_decodes(&tree_record, "null", "1:1 error type : is null, must be an object", "{}");
	assert_decodes(&tree_record, "{'flag':1}",
	               "1:9 error type /flag: is a number, must be true or false", "{}");
	assert_decodes(&tree_record, "{'flag':'true'}",
	               "1:9 error type /flag: is a string, must be true or false", "{}");
	assert_decodes(&tree_record, "{'number':'1'}",
	               "1:11 error type /number: is a string, must be an integer", "{}");
	assert_decodes(&tree_record, "{'number':true}",
	               "1:11 error type /number: is a boolean, must be an integer", "{}");
	assert_decodes(&tree_record, "{'number':1.0}",
	               "1:11 error type /number: '1.0' is not an integer", "{}");
	assert_decodes(&tree_record, "{'number':1e0}",
	               "1:11 error type /number: '1e0' is not an integer", "{}");
	assert_decodes(&tree_record, "{'numbers':1}",
	               "1:12 error type /numbers: is a number, must be an array", "{}");
	assert_decodes(&tree_record, "{'colour':1}",
	               "1:11 error type /colour: is a number, must be a string", "{}");
	assert_decodes(&tree_record, "{'word':[]}",
	               "1:9 error type /word: is an array, must be a string", "{}");
	assert_decodes(&tree_record, "{'words':{}}",
	               "1:10 error type /words: is an object, must be an array", "{}");
	assert_decodes(&tree_record, "{'words':['a',2,'c']}",
	               "1:15 error type /words/1: is a number, must be a string",
	               "{\"words\":[\"a\",\"c\"]}");
	assert_decodes(&tree_record, "{'map':[]}",
	               "1:8 error type /map: is an array, must be an object", "{}");
	assert_decodes(&tree_record, "{'map':{'a':1,'b':'2'}}",
	               "1:13 error type /map/a: is a number, must be a string",
	               "{\"map\":{\"b\":\"2\"}}");
	assert_decodes(&tree_record, "{'leaf':false}",
	               "1:9 error type /leaf: is a boolean, must be an object", NULL);
	assert_decodes(&tree_record, "{'leaves':{}}",
	               "1:11 error type /leaves: is an object, must be an array", "{}");
}

static void test_ranges(void **state)
{
	(void)state;
	assert_decodes(&tree_record, "{'number':-5,'numbers':[3,1]}", "", NULL);
	assert_decodes(&tree_record, "{'number':10}", "", NULL);
	assert_decodes(&tree_record, "{'number':-6}",
	               "1:11 error range /number: '-6' is not within -5..10", "{}");
	assert_decodes(&tree_record, "{'number':11}",
	               "1:11 error range /number: '11' is not within -5..10", "{}");
	assert_decodes(&tree_record, "{'number':99999999999999999999}",
	               "1:11 error range /number: '99999999999999999999' is not within -5..10",
	               "{}");
	assert_decodes(&tree_record, "{'any':-9223372036854775808}", "",
	               "{\"any\":-9223372036854775808}");
	assert_decodes(&tree_record, "{'any':-0}", "", "{\"any\":0}");
	assert_decodes(&tree_record, "{'any':9223372036854775808}",
	               "1:8 error range /any: '9223372036854775808' does not fit 64 bits", "{}");
	assert_decodes(&tree_record, "{'large':9007199254740993}", "",
	               "{\"large\":9007199254740993}");
	assert_decodes(&tree_record, "{'large':-1}",
	               "1:10 error range /large: '-1' is not within 0..18446744073709551615", "{}");
	assert_decodes(&tree_record, "{'large':18446744073709551616}",
	               "1:10 error range /large: '18446744073709551616' is not within "
	               "0..18446744073709551615",
	               "{}");
	assert_decodes(&tree_record, "{'large':1.0}",
	               "1:10 error type /large: '1.0' is not an integer", "{}");
	assert_decodes(&tree_record, "{'numbers':[1,4,2,0]}",
	               "1:15 error range /numbers/1: '4' is not within 1..3\n"
	               "1:19 error range /numbers/3: '0' is not within 1..3",
	               "{\"numbers\":[1,2]}");
}

static void test_enums(void **state)
{
	(void)state;
	assert_decodes(&tree_record, "{'colour':'red'}", "", "{\"colour\":\"red\"}");
	assert_decodes(&tree_record, "{'colour':'Red'}",
	               "1:11 error enum /colour: 'Red' is none of: red, green", "{}");
}

static void test_formats(void **state)
{
	(void)state;
	assert_decodes(&tree_record, "{'word':'ax'}", "1:9 error no-x /word: 'ax' has an 'x'",
	               NULL);
	assert_decodes(&tree_record, "{'words':['a','x']}",
	               "1:15 error no-x /words/1: 'x' has an 'x'", NULL);
	assert_decodes(&tree_record, "{'map':{'a':'x','x':'a'}}",
	               "1:13 error no-x /map/a: 'x' has an 'x'\n"
	               "1:21 error no-x /map/x: 'x' has an 'x'",
	               NULL);
	assert_decodes(&tree_record, "{'leaves':[{'id':'x'}]}",
	               "1:18 error no-x /leaves/0/id: 'x' has an 'x'", NULL);
}

static void test_required(void **state)
{
	(void)state;
	assert_decodes(&tree_record, "{'leaf':{}}", "1:9 error required /leaf: 'id' is missing",
	               NULL);
	assert_decodes(&tree_record, "{'leaf':{'id':null}}",
	               "1:9 error required /leaf: 'id' is missing", NULL);
	assert_decodes(&tree_record, "{'leaf':{'id':''}}", "1:15 error required /leaf/id: is empty",
	               NULL);
	/* What is there but wrong is not said to be missing as well. */
	assert_decodes(&tree_record, "{'leaf':{'id':1}}",
	               "1:15 error type /leaf/id: is a number, must be a string", NULL);
	assert_decodes(&tree_record, "{'leaves':[{'id':'a'},{}]}",
	               "1:23 error required /leaves/1: 'id' is missing", NULL);
}

/* A list that must be given, given without anything in it. */
static void test_required_list(void **state)
{
	static const struct field fields[] = {
	    {"words", FIELD_STRINGS, AT(tree, words), .flags = FIELD_REQUIRED},
	    {.key = NULL},
	};
	static const struct record rec = {"words", sizeof(struct tree), fields, false};
	cJSON *schema = record_schema(&rec);
	char *text = cJSON_PrintUnformatted(schema);

	(void)state;
	assert_decodes(&rec, "{'words':['']}", "", NULL);
	assert_decodes(&rec, "{}", "1:1 error required : 'words' is missing", NULL);
	assert_decodes(&rec, "{'words':[]}", "1:10 error required /words: is empty", NULL);
	assert_string_equal(text,
	                    "{\"type\":\"object\",\"properties\":{\"words\":{\"type\":\"array\","
	                    "\"items\":{\"type\":\"string\"},\"minItems\":1}},"
	                    "\"required\":[\"words\"]}");
	free(text);
	cJSON_Delete(schema);
}

static void test_list_limit(void **state)
{
	(void)state;
	assert_decodes(&tree_record, "{'leaves':[{'id':'a'},{'id':'b'},{'id':'c'}]}", "", NULL);
	/* Said once, and what follows the list is still read. */
	assert_decodes(&tree_record,
	               "{'leaves':[{'id':'a'},{'id':'b'},{'id':'c'},\n{'id':'d'},{}],'flag':1}",
	               "2:1 error count /leaves/3: there are more than 3 entries\n"
	               "2:23 error type /flag: is a number, must be true or false",
	               NULL);
}

static void test_unknown_keys(void **state)
{
	(void)state;
	assert_decodes(&tree_record, "{'Flag':true,'flag':true,'leaf':{'id':'a','b/~':1}}",
	               "1:9 warning unknown-key /Flag: unknown key, ignored\n"
	               "1:49 warning unknown-key /leaf/b~1~0: unknown key, ignored",
	               "{\"flag\":true,\"leaf\":{\"id\":\"a\"}}");
	assert_decodes(&open_record, "{'Flag':true,'flag':true}", "", "{\"flag\":true}");
}

/* Problems keep coming after the first, with the pointer that each belongs to. */
static void test_every_problem(void **state)
{
	struct tree t = {0};
	struct document d;

	(void)state;
	document_from(&d, "{'process':{'number':11,\n'leaves':[{'id':1},\n{'size':10}],'m/n':0}}");
	assert_int_equal(record_decode(&tree_record, &d.doc, json_find(&d.doc, "/process"),
	                               "/process", &t, &d.problems),
	                 0);
	assert_problems(&d.problems,
	                "1:22 error range /process/number: '11' is not within -5..10\n"
	                "2:17 error type /process/leaves/0/id: is a number, must be a string\n"
	                "3:9 error range /process/leaves/1/size: '10' is not within 0..9\n"
	                "3:1 error required /process/leaves/1: 'id' is missing\n"
	                "3:20 warning unknown-key /process/m~1n: unknown key, ignored");
	record_release(&tree_record, &t);
	document_release(&d);
}

#define NULLABLE(schema) "{\"anyOf\":[" schema ",{\"type\":\"null\"}]}"
#define NO_X             "\"pattern\":\"^[^x]*$\""
#define LEAF_SCHEMA                                                                       \
	"{\"type\":\"object\",\"properties\":{"                                           \
	"\"id\":{\"type\":\"string\"," NO_X ",\"minLength\":1,\"description\":\"name\"}," \
	"\"size\":" NULLABLE(                                                             \
	    "{\"type\":\"integer\",\"minimum\":0,\"maximum\":9}") "},"                    \
	                                                          "\"required\":[\"id\"]}"

static const char tree_schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"flag\":" NULLABLE(
        "{\"type\":\"boolean\"}") ","
                                  "\"number\":" NULLABLE(
                                      "{\"type\":\"integer\",\"minimum\":-5,\"maximum\":"
                                      "10}") ","
                                             "\"any\":" NULLABLE(
                                                 "{\"type\":\"integer\"}") ","
                                                                           "\"large\":" NULLABLE(
                                                                               "{\"type\":"
                                                                               "\"integer\","
                                                                               "\"minimum\":0,"
                                                                               "\"maximum\":"
                                                                               "1844674407370955161"
                                                                               "5}") ","
                                                                                     "\"numbers\""
                                                                                     ":" NULLABLE(
                                                                                         "{\"type\""
                                                                                         ":"
                                                                                         "\"array\""
                                                                                         ","
                                                                                         "\"items\""
                                                                                         ":"
                                                                                         "{\"type\""
                                                                                         ":"
                                                                                         "\"integer"
                                                                                         "\""
                                                                                         ",\"minimu"
                                                                                         "m"
                                                                                         "\":1,"
                                                                                         "\"maximum"
                                                                                         "\""
                                                                                         ":3}}") ","
                                                                                                 "\"c"
                                                                                                 "o"
                                                                                                 "l"
                                                                                                 "o"
                                                                                                 "u"
                                                                                                 "r"
                                                                                                 "\""
                                                                                                 ":" NULLABLE(
                                                                                                     "{\""
                                                                                                     "enu"
                                                                                                     "m\""
                                                                                                     ":["
                                                                                                     "\"r"
                                                                                                     "ed"
                                                                                                     "\","
                                                                                                     "\"g"
                                                                                                     "ree"
                                                                                                     "n\""
                                                                                                     ",\""
                                                                                                     "\"]"
                                                                                                     "}") ","
                                                                                                          "\""
                                                                                                          "wo"
                                                                                                          "rd"
                                                                                                          "\""
                                                                                                          ":{"
                                                                                                          "\""
                                                                                                          "an"
                                                                                                          "yO"
                                                                                                          "f"
                                                                                                          "\""
                                                                                                          ":["
                                                                                                          "{"
                                                                                                          "\""
                                                                                                          "ty"
                                                                                                          "pe"
                                                                                                          "\""
                                                                                                          ":"
                                                                                                          "\""
                                                                                                          "st"
                                                                                                          "ri"
                                                                                                          "ng"
                                                                                                          "\""
                                                                                                          "," NO_X
                                                                                                          "},"
                                                                                                          "{"
                                                                                                          "\""
                                                                                                          "co"
                                                                                                          "ns"
                                                                                                          "t"
                                                                                                          "\""
                                                                                                          ":"
                                                                                                          "\""
                                                                                                          "\""
                                                                                                          "},"
                                                                                                          "{"
                                                                                                          "\""
                                                                                                          "ty"
                                                                                                          "pe"
                                                                                                          "\""
                                                                                                          ":"
                                                                                                          "\""
                                                                                                          "nu"
                                                                                                          "ll"
                                                                                                          "\""
                                                                                                          "}]"
                                                                                                          "},"
                                                                                                          "\""
                                                                                                          "wo"
                                                                                                          "rd"
                                                                                                          "s"
                                                                                                          "\""
                                                                                                          ":" NULLABLE(
                                                                                                              "{\"type\":\"array\",\"items\":{\"type\":\"string\"," NO_X
                                                                                                              "}}") ","
                                                                                                                    "\"map\":" NULLABLE(
                                                                                                                        "{\"type\":\"object\",\"propertyNames\":{" NO_X
                                                                                                                        "},"
                                                                                                                        "\"additionalProperties\":{\"type\":\"string\"," NO_X
                                                                                                                        "}}") ","
                                                                                                                              "\"leaf\":" NULLABLE(
                                                                                                                                  LEAF_SCHEMA) ","
                                                                                                                                               "\"leaves\":" NULLABLE(
                                                                                                                                                   "{\"type\":\"array\",\"items\":" LEAF_SCHEMA
                                                                                                                                                   ",\"maxItems\":3}") "}}";

static void test_schema(void **state)
{
	cJSON *schema = record_schema(&tree_record);
	char *text = cJSON_PrintUnformatted(schema);

	(void)state;
	assert_string_equal(text, tree_schema);
	free(text);
	cJSON_Delete(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_type),     cmocka_unit_test(test_nothing_given),
	    cmocka_unit_test(test_null_is_absent), cmocka_unit_test(test_wrong_types),
	    cmocka_unit_test(test_ranges),         cmocka_unit_test(test_enums),
	    cmocka_unit_test(test_formats),        cmocka_unit_test(test_required),
	    cmocka_unit_test(test_required_list),  cmocka_unit_test(test_list_limit),
	    cmocka_unit_test(test_unknown_keys),   cmocka_unit_test(test_every_problem),
	    cmocka_unit_test(test_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
