/* SPDX-License-Identifier: MIT */
/* The list of problems: order, severity, and a document that has too many. */
#include "document_test.h"

static void test_empty(void **state)
{
	struct problems p = {0};

	(void)state;
	assert_int_equal(problems_result(&p), 0);
	assert_null(problems_first_error(&p));
	problems_release(&p);
}

static void test_warnings_are_no_errors(void **state)
{
	struct problems p = {0};

	(void)state;
	problem_add(&p, SEVERITY_WARNING, "w", NULL, "first");
	assert_int_equal(problems_result(&p), 0);
	assert_null(problems_first_error(&p));
	problem_add(&p, SEVERITY_ERROR, "e", NULL, "second");
	problem_add(&p, SEVERITY_ERROR, "f", NULL, "third");
	assert_int_equal(problems_result(&p), -EINVAL);
	assert_int_equal(p.count, 3);
	assert_int_equal(p.errors, 2);
	assert_string_equal(problems_first_error(&p)->message, "second");
	problems_release(&p);
	assert_int_equal(p.count, 0);
	assert_int_equal(problems_result(&p), 0);
}

static void test_places_are_copied(void **state)
{
	char pointer[] = "/a/0";
	const struct place place = {.pointer = pointer, .line = 3, .column = 7};
	const struct place nowhere = {.pointer = NULL, .line = 1, .column = 1};
	struct problems p = {0};

	(void)state;
	problem_add(&p, SEVERITY_ERROR, "r", &place, "is %d%% '%s'", 5, "x");
	pointer[1] = 'b';
	problem_add(&p, SEVERITY_WARNING, "s", &nowhere, "no pointer");
	problem_add(&p, SEVERITY_WARNING, "t", NULL, "no place");
	assert_problems(&p, "3:7 error r /a/0: is 5% 'x'\n"
	                    "1:1 warning s : no pointer\n"
	                    "0:0 warning t : no place");
	problems_release(&p);
}

static void test_long_message(void **state)
{
	size_t length = 100000;
	char *text = malloc(length + 1);
	struct problems p = {0};

	(void)state;
	assert_non_null(text);
	memset(text, 'a', length);
	text[length] = '\0';
	problem_add(&p, SEVERITY_ERROR, "r", NULL, "%s", text);
	assert_string_equal(p.items[0].message, text);
	problems_release(&p);
	free(text);
}

static void test_too_many(void **state)
{
	struct problems p = {0};

	(void)state;
	for (int i = 0; i < MAX_PROBLEMS + 5; i++)
		problem_add(&p, i % 2 ? SEVERITY_WARNING : SEVERITY_ERROR, "r", NULL, "%d", i);
	assert_int_equal(p.count, MAX_PROBLEMS);
	assert_int_equal(p.lost, 5);
	assert_int_equal(p.errors, MAX_PROBLEMS / 2 + 3);
	assert_string_equal(p.items[MAX_PROBLEMS - 1].message, "999");
	problems_release(&p);

	/* An error that was not kept is still one. */
	for (int i = 0; i < MAX_PROBLEMS; i++)
		problem_add(&p, SEVERITY_WARNING, "r", NULL, "%d", i);
	problem_add(&p, SEVERITY_ERROR, "r", NULL, "late");
	assert_int_equal(problems_result(&p), -EINVAL);
	problems_release(&p);
}

static void test_lost_one_is_no_success(void **state)
{
	struct problems p = {.out_of_memory = true};

	(void)state;
	assert_int_equal(problems_result(&p), -ENOMEM);
	problem_add(&p, SEVERITY_ERROR, "r", NULL, "and an error");
	assert_int_equal(problems_result(&p), -ENOMEM);
	problems_release(&p);
	assert_false(p.out_of_memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_warnings_are_no_errors),
	    cmocka_unit_test(test_places_are_copied),
	    cmocka_unit_test(test_long_message),
	    cmocka_unit_test(test_too_many),
	    cmocka_unit_test(test_lost_one_is_no_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
