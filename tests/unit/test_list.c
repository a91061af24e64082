/* SPDX-License-Identifier: MIT */
/* The lists: growing, replacing, removing, and what happens to what they hold. */
#include "document_test.h"

#include "list.h"

static void assert_list(const struct strlist *list, const char *expected)
{
	char text[256] = "";

	for (size_t i = 0; i < list->count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s;", list->items[i]);
	assert_string_equal(text, expected);
}

static void assert_map(const struct strmap *map, const char *expected)
{
	char text[256] = "";

	for (size_t i = 0; i < map->count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s=%s;",
		         map->items[i].name, map->items[i].value);
	assert_string_equal(text, expected);
}

static void test_strlist(void **state)
{
	struct strlist list = {0};
	char word[] = "one";

	(void)state;
	assert_false(strlist_contains(&list, ""));
	assert_int_equal(strlist_add(&list, word), 0);
	word[0] = 'x'; /* the list has its own copy */
	assert_int_equal(strlist_add(&list, ""), 0);
	assert_int_equal(strlist_add(&list, "one"), 0);
	assert_list(&list, "one;;one;");
	assert_true(strlist_contains(&list, "one"));
	assert_true(strlist_contains(&list, ""));
	assert_false(strlist_contains(&list, "on"));
	strlist_release(&list);
	assert_null(list.items);
	assert_int_equal(list.count, 0);
	strlist_release(&list);
}

static void test_strlist_copy(void **state)
{
	struct strlist from = {0}, to = {0};

	(void)state;
	assert_int_equal(strlist_add(&to, "old"), 0);
	assert_int_equal(strlist_add(&from, "a"), 0);
	assert_int_equal(strlist_add(&from, "b"), 0);
	assert_int_equal(strlist_copy(&to, &from), 0);
	assert_list(&to, "a;b;");
	assert_ptr_not_equal(to.items[0], from.items[0]);
	assert_int_equal(strlist_copy(&to, &to), 0);
	assert_list(&to, "a;b;");
	strlist_release(&from);
	assert_int_equal(strlist_copy(&to, &from), 0);
	assert_list(&to, "");
	strlist_release(&to);
}

static void test_strmap(void **state)
{
	struct strmap map = {0};

	(void)state;
	assert_null(strmap_get(&map, "a"));
	assert_int_equal(strmap_set(&map, "a", "1"), 0);
	assert_int_equal(strmap_set(&map, "b", "2"), 0);
	assert_int_equal(strmap_set(&map, "", "empty"), 0);
	assert_int_equal(strmap_set(&map, "a", "3"), 0);
	assert_map(&map, "a=3;b=2;=empty;");
	assert_string_equal(strmap_get(&map, ""), "empty");
	assert_null(strmap_get(&map, "A"));
	/* Setting a value to itself is no use after free. */
	assert_int_equal(strmap_set(&map, "a", strmap_get(&map, "a")), 0);
	assert_string_equal(strmap_get(&map, "a"), "3");
	strmap_unset(&map, "missing");
	strmap_unset(&map, "b");
	assert_map(&map, "a=3;=empty;");
	strmap_unset(&map, "");
	strmap_unset(&map, "a");
	assert_map(&map, "");
	assert_int_equal(strmap_append(&map, "again", "x"), 0);
	assert_map(&map, "again=x;");
	strmap_release(&map);
	assert_null(map.items);
}

/*
 * The room that an array has is told from its count alone, so any walk of the
 * count up and down must stay inside: AddressSanitizer is the judge.
 */
static void test_growing_and_shrinking(void **state)
{
	static const int steps[] = {9, -6, 1, -4, 40, -33, 5, -12, 20, -1, 1, -1, 2};
	struct strmap map = {0};
	char name[16];
	int n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int goal = n + steps[i];

		for (; n < goal; n++) {
			snprintf(name, sizeof(name), "%d", n);
			assert_int_equal(strmap_append(&map, name, name), 0);
		}
		for (; n > goal; n--) {
			snprintf(name, sizeof(name), "%d", n - 1);
			strmap_unset(&map, name);
		}
		assert_int_equal(map.count, n);
	}
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_string_equal(map.items[i].name, name);
	}
	strmap_release(&map);
}

static void test_grow_too_far(void **state)
{
	char item;

	(void)state;
	assert_null(list_grow(&item, (size_t)1 << 62, 8));
	assert_null(list_grow(&item, (size_t)1 << 63, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_strlist),      cmocka_unit_test(test_strlist_copy),
	    cmocka_unit_test(test_strmap),       cmocka_unit_test(test_growing_and_shrinking),
	    cmocka_unit_test(test_grow_too_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
