/* SPDX-License-Identifier: MIT */
/* Small forms of OCI documents: versions, and paths as images give them. */
#include "host_test.h"

#include "guest_path.h"
#include "semver.h"

static void test_versions(void **state)
{
	static const char *const good[] = {"1.0.0",  "1.0.2-dev", "1.2.1+dev",          "1.0.0-rc1",
	                                   "0.0.0",  "10.20.30",  "1.0.0-a.b-c.1+x.01", "2.0.0-0",
	                                   "1.0.0--"};
	static const char *const bad[] = {"",         "1",          "1.0",
	                                  "1.0.0.0",  "v1.0.0",     "01.0.0",
	                                  "1.00.0",   "1.0.x",      " 1.0.0",
	                                  "1.0.0 ",   "1.0.0-",     "1.0.0+",
	                                  "1.0.0-01", "1.0.0-a..b", "1.0.0-\xc3\xbc",
	                                  "-1.0.0",   "1.-0.0",     "1.0.4294967296999"};
	struct semver version;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(semver_parse(good[i], &version), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (semver_parse(bad[i], &version) == 0)
			fail_msg("'%s' was taken for a version", bad[i]);
	assert_int_equal(semver_parse("1.20.3-rc1", &version), 0);
	assert_int_equal(version.major, 1);
	assert_int_equal(version.minor, 20);
	assert_int_equal(version.patch, 3);
}

static void assert_clean(const char *path, const char *expected)
{
	char *clean = guest_path_clean(path);

	assert_non_null(clean);
	assert_string_equal(clean, expected);
	free(clean);
}

static void test_paths(void **state)
{
	(void)state;
	assert_clean("", "/");
	assert_clean("/", "/");
	assert_clean("//", "/");
	assert_clean(".", "/");
	assert_clean("..", "/");
	assert_clean("a", "/a");
	assert_clean("/a/b/", "/a/b");
	assert_clean("/a//./b", "/a/b");
	assert_clean("/a/../b", "/b");
	assert_clean("/a/b/../../..", "/");
	assert_clean("../../a", "/a");
	assert_clean("/...", "/...");
	assert_clean("/.a/..b", "/.a/..b");
	assert_clean("/a b/\xc3\xbc", "/a b/\xc3\xbc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
