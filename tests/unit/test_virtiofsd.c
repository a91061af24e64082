/* SPDX-License-Identifier: MIT */
/* Directories that are shared: what virtiofsd must not be told. */
#include "scratch_test.h"

#include "vm.h"
#include "virtiofsd.h"

/* It takes what follows a comma for another of its options. */
static void test_names_that_would_be_options(void **state)
{
	static const char *const names[] = {"/srv/a,sandbox=none", "/srv/a\"b", "/srv/a'b"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct vm_share share = {.of_bundle = true};
		struct vm vm = {.shares = {&share, 1}};
		struct virtiofsds servers = {0};
		const char *said;

		share.source = strdup(names[i]);
		share.tag = strdup("tag");
		assert_non_null(share.source);
		stderr_begin();
		assert_true(virtiofsds_start(&servers, &vm) < 0);
		said = stderr_said();
		if (strstr(said, "there is no virtiofsd"))
			skip();
		assert_non_null(strstr(said, names[i]));
		assert_non_null(strstr(said, "'virtiofsd' can be told no name that has a"));
		assert_int_equal(servers.count, 0);
		assert_null(share.socket);
		virtiofsds_release(&servers);
		free(share.source);
		free(share.tag);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_names_that_would_be_options, scratch_enter,
	                                    scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
