/* SPDX-License-Identifier: MIT */
/* The order of volumes. */
#include "guest_test.h"

#include "cleanup.h"
#include "volume_plan.h"

#define MANY 300

/* The paths of the plan, with spaces between; those of the config are given in the same way. */
static void assert_order(const char *paths, const char *expected)
{
	_cleanup_free_ const struct volume **plan = NULL;
	_cleanup_free_ char *copy = strdup(paths);
	struct volume items[8] = {{0}};
	struct vmconfig cfg = {.volume_mounts = {items, 0}};
	char text[512] = "", *rest = copy, *path;

	assert_non_null(copy);
	while ((path = strsep(&rest, " ")))
		if (*path)
			items[cfg.volume_mounts.count++].path = path;
	plan = volume_plan(&cfg);
	assert_non_null(plan);
	for (size_t i = 0, n = 0; plan[i]; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? " " : "",
		                      plan[i]->path);
	assert_string_equal(text, expected);
}

static void test_none(void **state)
{
	(void)state;
	assert_order("", "");
}

static void test_order_of_the_list_is_kept(void **state)
{
	(void)state;
	assert_order("/c /a /b", "/c /a /b");
	assert_order("/c/z /a/y /b/x", "/c/z /a/y /b/x");
}

static void test_parents_before_children(void **state)
{
	(void)state;
	assert_order("/a/b/c /a/b /a", "/a /a/b /a/b/c");
	assert_order("/x /a/b /a", "/x /a /a/b");
	assert_order("/ab/c /a /ab", "/a /ab /ab/c");
}

static void test_slashes_do_not_count(void **state)
{
	(void)state;
	assert_order("/a//b/// //a/ /c", "//a/ /c /a//b///");
}

/* qsort(3) is not stable by itself. */
static void test_many_of_one_depth_stay_in_order(void **state)
{
	static char same[] = "/same/depth", less[] = "/less";
	static struct volume items[MANY];
	struct vmconfig cfg = {.volume_mounts = {items, MANY}};
	_cleanup_free_ const struct volume **plan = NULL;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		items[i].path = i % 3 ? same : less;
	plan = volume_plan(&cfg);
	assert_non_null(plan);
	for (size_t i = 1; i < MANY; i++)
		assert_true(strlen(plan[i - 1]->path) < strlen(plan[i]->path) ||
		            plan[i - 1] < plan[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_order_of_the_list_is_kept),
	    cmocka_unit_test(test_parents_before_children),
	    cmocka_unit_test(test_slashes_do_not_count),
	    cmocka_unit_test(test_many_of_one_depth_stay_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
