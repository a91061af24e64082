/* SPDX-License-Identifier: MIT */
/* What becomes of the guest's times. */
#include "scratch_test.h"

#include "cleanup.h"
#include "timing.h"

static void note(struct timing *t, enum report_event event, const char *name, int64_t us,
                 int64_t at_us)
{
	struct report_message m = {.event = event, .us = us, .at_us = at_us};

	snprintf(m.name, sizeof(m.name), "%s", name);
	timing_note(t, &m);
}

static void assert_row(const struct timing *t, size_t i, const char *name, int64_t took,
                       int64_t end)
{
	assert_true(i < t->count);
	assert_string_equal(t->rows[i].name, name);
	assert_int_equal(t->rows[i].took_us, took);
	assert_int_equal(t->rows[i].end_us, end);
}

static void test_the_kernel_comes_first(void **state)
{
	struct timing t = {.count = 0};

	(void)state;
	note(&t, REPORT_PHASE, "early mounts", 100, 900);
	note(&t, REPORT_PHASE, "command line", 10, 915);
	assert_int_equal(t.count, 3);
	assert_row(&t, 0, "kernel", 800, 800);
	assert_row(&t, 1, "early mounts", 100, 900);
	assert_row(&t, 2, "command line", 10, 915);
}

static void test_the_workload_is_from_start_to_exit(void **state)
{
	struct timing t = {.count = 0};

	(void)state;
	note(&t, REPORT_EXIT, "", 0, 5000);
	assert_int_equal(t.count, 0);
	note(&t, REPORT_STARTED, "", 0, 1000);
	note(&t, REPORT_EXIT, "", 0, 5000);
	assert_row(&t, 0, "the workload ran", 4000, 5000);
}

static void test_rows_are_sorted_by_their_ends(void **state)
{
	struct timing t = {.count = 0};

	(void)state;
	note(&t, REPORT_PHASE, "workload", 100, 1000);
	note(&t, REPORT_STARTED, "", 0, 1000);
	note(&t, REPORT_PHASE, "shutdown", 30, 5040);
	note(&t, REPORT_EXIT, "", 0, 5000);
	assert_row(&t, 2, "the workload ran", 4000, 5000);
	assert_row(&t, 3, "shutdown", 30, 5040);
}

static void test_a_guest_that_lies_does_no_harm(void **state)
{
	struct timing t = {.count = 0};

	(void)state;
	note(&t, REPORT_STARTED, "", 0, 1000);
	note(&t, REPORT_EXIT, "", 0, 999);
	assert_int_equal(t.count, 0);
	for (int i = 0; i < 1000; i++)
		note(&t, REPORT_PHASE, "x", INT64_MAX, 0);
	assert_int_equal(t.count, MAX_TIMING_ROWS);
	assert_row(&t, 0, "x", INT64_MAX, 0);
}

static void test_the_rows_for_programs(void **state)
{
	struct timing t = {.count = 0};
	_cleanup_free_ char *text = NULL;
	size_t length;

	(void)state;
	note(&t, REPORT_PHASE, "a \"b\"", 100, 900);
	assert_int_equal(timing_write(&t, "timing.json"), 0);
	text = get_file("timing.json", &length);
	assert_string_equal(text, "[{\n"
	                          "\t\t\"name\":\t\"kernel\",\n"
	                          "\t\t\"took_us\":\t800,\n"
	                          "\t\t\"until_us\":\t800\n"
	                          "\t}, {\n"
	                          "\t\t\"name\":\t\"a \\\"b\\\"\",\n"
	                          "\t\t\"took_us\":\t100,\n"
	                          "\t\t\"until_us\":\t900\n"
	                          "\t}]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_kernel_comes_first),
	    cmocka_unit_test(test_the_workload_is_from_start_to_exit),
	    cmocka_unit_test(test_rows_are_sorted_by_their_ends),
	    cmocka_unit_test(test_a_guest_that_lies_does_no_harm),
	    scratch_test(test_the_rows_for_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
