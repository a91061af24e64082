/* SPDX-License-Identifier: MIT */
/* Environments: lists of OCI documents, merging, and what many names cost. */
#include "host_test.h"

#include "environment.h"
#include "list.h"

static void assert_pair(const struct strmap *env, size_t i, const char *name, const char *value)
{
	assert_true(i < env->count);
	assert_string_equal(env->items[i].name, name);
	assert_string_equal(env->items[i].value, value);
}

static void test_read(void **state)
{
	struct strmap env = {0};
	struct document d;

	(void)state;
	document_from(&d, "{'env':['A=1','FOO.BAR-baz=x=y','E=','\\u00fc=\\n']}");
	assert_int_equal(environment_read(&d, "/env", &env), 0);
	assert_int_equal(d.problems.count, 0);
	assert_int_equal(env.count, 4);
	assert_pair(&env, 0, "A", "1");
	assert_pair(&env, 1, "FOO.BAR-baz", "x=y");
	assert_pair(&env, 2, "E", "");
	assert_pair(&env, 3, "\xc3\xbc", "\n");
	strmap_release(&env);
	document_release(&d);
}

static void test_read_bad_entries(void **state)
{
	struct strmap env = {0};
	struct document d;

	(void)state;
	document_from(&d, "{'env':['A=1','B','=C','',5,'D=2']}");
	assert_int_equal(environment_read(&d, "/env", &env), 0);
	assert_int_equal(d.problems.errors, 3);
	assert_noted(&d, SEVERITY_ERROR, "/env/1", "'B' is not NAME=VALUE");
	assert_noted(&d, SEVERITY_ERROR, "/env/2", "'=C' has no name");
	assert_noted(&d, SEVERITY_ERROR, "/env/3", "'' is not NAME=VALUE");
	assert_int_equal(find_problem(&d, "/env/1")->line, 1);
	assert_int_equal(find_problem(&d, "/env/1")->column, 15);
	assert_int_equal(env.count, 2);
	strmap_release(&env);
	document_release(&d);
}

static void test_read_absent(void **state)
{
	struct strmap env = {0};
	struct document d;

	(void)state;
	document_from(&d, "{'env':null}");
	assert_int_equal(environment_read(&d, "/env", &env), 0);
	assert_int_equal(environment_read(&d, "/other", &env), 0);
	assert_int_equal(env.count, 0);
	assert_int_equal(d.problems.count, 0);
	strmap_release(&env);
	document_release(&d);
}

/* The last value stands, in the first one's place. */
static void test_duplicates(void **state)
{
	struct strmap env = {0};
	struct document d;

	(void)state;
	document_from(&d, "{'env':['A=1','B=1','A=2','C=1','A=3','B=2']}");
	assert_int_equal(environment_read(&d, "/env", &env), 0);
	assert_int_equal(d.problems.errors, 0);
	assert_int_equal(d.problems.count, 2);
	assert_noted(&d, SEVERITY_WARNING, "/env",
	             "'A' is set more than once, the last value stands");
	assert_int_equal(env.count, 3);
	assert_pair(&env, 0, "A", "3");
	assert_pair(&env, 1, "B", "2");
	assert_pair(&env, 2, "C", "1");
	strmap_release(&env);
	document_release(&d);
}

static void test_merge(void **state)
{
	struct strmap env = {0}, over = {0};

	(void)state;
	strmap_append(&env, "A", "1");
	strmap_append(&env, "B", "1");
	strmap_append(&over, "C", "1");
	strmap_append(&over, "A", "2");
	strmap_append(&over, "C", "2");
	assert_int_equal(environment_merge(&env, &over), 0);
	assert_int_equal(env.count, 3);
	assert_pair(&env, 0, "A", "2");
	assert_pair(&env, 1, "B", "1");
	assert_pair(&env, 2, "C", "2");
	strmap_release(&env);
	strmap_release(&over);
}

/* Names of prefixes, and enough of them that a quadratic merge would not end. */
static void test_many(void **state)
{
	struct strmap env = {0}, over = {0};
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		snprintf(name, sizeof(name), "V%u", i);
		assert_int_equal(strmap_append(i % 2 ? &env : &over, name, name), 0);
		assert_int_equal(strmap_append(&over, name, "new"), 0);
	}
	assert_int_equal(environment_merge(&env, &over), 0);
	assert_int_equal(env.count, 200000);
	for (size_t i = 0; i < env.count; i++)
		assert_string_equal(env.items[i].value, "new");
	strmap_release(&env);
	strmap_release(&over);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),        cmocka_unit_test(test_read_bad_entries),
	    cmocka_unit_test(test_read_absent), cmocka_unit_test(test_duplicates),
	    cmocka_unit_test(test_merge),       cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
