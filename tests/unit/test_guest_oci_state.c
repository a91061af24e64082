/* SPDX-License-Identifier: MIT */
/* The state that hooks read. */
#include "guest_test.h"

#include "cleanup.h"
#include "oci_state.h"

#define HEAD                                                    \
	"{'entrypoint':['/x'],'cmd':[],'workdir':'/','env':{}," \
	"'network_enabled':false,'init_mode':'exec'"

static void assert_state(const char *config, const char *expected)
{
	_cleanup_free_ char *state = NULL;
	struct vmconfig cfg;

	config_from(&cfg, config);
	state = oci_state(&cfg, 42);
	assert_non_null(state);
	assert_string_equal(state, expected);
	vmconfig_release(&cfg);
}

static void test_without_name_and_annotations(void **state)
{
	(void)state;
	assert_state(HEAD "}",
	             "{\"ociVersion\":\"1.0.2\",\"id\":\"vmconfig\",\"status\":\"created\","
	             "\"pid\":42,\"bundle\":\"/\",\"annotations\":{}}");
}

static void test_with_them(void **state)
{
	(void)state;
	assert_state(HEAD ",'hostname':'box','annotations':{'a.b':'c','d':''}}",
	             "{\"ociVersion\":\"1.0.2\",\"id\":\"box\",\"status\":\"created\","
	             "\"pid\":42,\"bundle\":\"/\",\"annotations\":{\"a.b\":\"c\",\"d\":\"\"}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_without_name_and_annotations),
	    cmocka_unit_test(test_with_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
