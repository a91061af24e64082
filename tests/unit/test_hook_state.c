/* SPDX-License-Identifier: MIT */
/* The state that hooks read. */
#include "host_test.h"

#include "cleanup.h"
#include "hook_state.h"
#include "vmconfig.h"

static void assert_state(const struct hook_state *s, const char *expected)
{
	_cleanup_free_ char *text = hook_state_text(s);

	assert_non_null(text);
	assert_string_equal(text, expected);
}

static void test_without_process_and_annotations(void **state)
{
	const struct hook_state s = {.id = "a", .status = "creating", .bundle = "/b"};

	(void)state;
	assert_state(&s, "{\"ociVersion\":\"1.0.2\",\"id\":\"a\",\"status\":\"creating\","
	                 "\"bundle\":\"/b\",\"annotations\":{}}");
}

static void test_with_them(void **state)
{
	char name[] = "a.b", value[] = "c", other[] = "d", empty[] = "";
	struct strpair pairs[] = {{name, value}, {other, empty}};
	const struct strmap annotations = {.items = pairs, .count = 2};
	const struct hook_state s = {"box", "created", 42, "/", &annotations};

	(void)state;
	assert_state(&s, "{\"ociVersion\":\"1.0.2\",\"id\":\"box\",\"status\":\"created\","
	                 "\"pid\":42,\"bundle\":\"/\",\"annotations\":{\"a.b\":\"c\",\"d\":\"\"}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_without_process_and_annotations),
	    cmocka_unit_test(test_with_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
