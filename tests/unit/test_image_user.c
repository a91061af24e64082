/* SPDX-License-Identifier: MIT */
/* The six forms of an image's User, and what is none of them. */
#include "host_test.h"

#include "image_user.h"

#define NONE -1

static void assert_user(const char *text, int64_t uid, const char *name, int64_t gid,
                        const char *group)
{
	struct user user = {0};
	const char *why = NULL;

	assert_int_equal(image_user_parse(text, &user, &why), 0);
	assert_int_equal(user.uid.set ? user.uid.value : NONE, uid);
	assert_int_equal(user.gid.set ? user.gid.value : NONE, gid);
	assert_string_equal(user.name ? user.name : "", name);
	assert_string_equal(user.group ? user.group : "", group);
	free(user.name);
	free(user.group);
}

static void test_six_forms(void **state)
{
	(void)state;
	assert_user("app", NONE, "app", NONE, "");
	assert_user("1000", 1000, "", NONE, "");
	assert_user("app:staff", NONE, "app", NONE, "staff");
	assert_user("1000:100", 1000, "", 100, "");
	assert_user("1000:staff", 1000, "", NONE, "staff");
	assert_user("app:100", NONE, "app", 100, "");
}

static void test_edges(void **state)
{
	(void)state;
	assert_user("0", 0, "", NONE, "");
	assert_user("007", 7, "", NONE, "");
	assert_user("4294967294:4294967294", 4294967294, "", 4294967294, "");
	assert_user("user-1.x_y$", NONE, "user-1.x_y$", NONE, "");
	assert_user("DOM\\user", NONE, "DOM\\user", NONE, "");
	assert_user("1000x", NONE, "1000x", NONE, "");
	assert_user("m\xc3\xbcller", NONE, "m\xc3\xbcller", NONE, "");
}

static void test_malformed(void **state)
{
	static const struct {
		const char *text;
		const char *why;
	} rows[] = {
	    {":", "has an empty part"},
	    {":1000", "has an empty part"},
	    {"nobody:", "has an empty part"},
	    {"1:2:3", "has more than one ':'"},
	    {"a:b:", "has more than one ':'"},
	    {"4294967295", "has a number above 4294967294"},
	    {"4294967296", "has a number above 4294967294"},
	    {"99999999999999999999", "has a number above 4294967294"},
	    {"0:4294967295", "has a number above 4294967294"},
	    {"+1", "has a part that is neither a name nor a number"},
	    {"-1", "has a part that is neither a name nor a number"},
	    {" 1", "has white space, '/' or a control character"},
	    {"1 ", "has white space, '/' or a control character"},
	    {"a\nb", "has white space, '/' or a control character"},
	    {"app:../x", "has white space, '/' or a control character"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct user user = {0};
		const char *why = NULL;

		assert_int_equal(image_user_parse(rows[i].text, &user, &why), -EINVAL);
		assert_string_equal(why, rows[i].why);
		assert_null(user.name);
		assert_null(user.group);
	}
}

static void test_replaces(void **state)
{
	struct user user = {.uid = {true, 1}, .gid = {true, 2}, .umask = {true, 022}};
	const char *why;

	(void)state;
	assert_int_equal(image_user_parse("app", &user, &why), 0);
	assert_false(user.uid.set);
	assert_false(user.gid.set);
	assert_int_equal(user.umask.value, 022);
	assert_int_equal(image_user_parse("5:wheel", &user, &why), 0);
	assert_null(user.name);
	assert_string_equal(user.group, "wheel");
	assert_int_equal(image_user_parse("::", &user, &why), -EINVAL);
	assert_string_equal(user.group, "wheel");
	free(user.group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_six_forms),
	    cmocka_unit_test(test_edges),
	    cmocka_unit_test(test_malformed),
	    cmocka_unit_test(test_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
