/* SPDX-License-Identifier: MIT */
/* What is mounted as root, for every form that the config's "root" can have. */
#include "guest_test.h"

#include "root_plan.h"

/* The plan as "DEVICE LAYER UPPER ro|rw". */
static void assert_plan(const char *json, bool fallback_free, const char *expected)
{
	static const char *const layers[] = {"none", "tmpfs", "device"};
	struct vmconfig cfg;
	struct root_plan plan;
	char text[256];

	config_from(&cfg, json);
	plan = root_plan(cfg.root, fallback_free);
	snprintf(text, sizeof(text), "%s %s %s %s", plan.device, layers[plan.layer],
	         plan.upper_device ? plan.upper_device : "-", plan.readonly ? "ro" : "rw");
	assert_string_equal(text, expected);
	vmconfig_release(&cfg);
}

static void test_without_a_root_it_is_the_seeds(void **state)
{
	(void)state;
	assert_plan("{}", true, "/dev/vda device /dev/vdb rw");
	assert_plan("{}", false, "/dev/vda tmpfs - rw");
}

static void test_modes(void **state)
{
	(void)state;
	assert_plan("{'root':{'mode':'rw'}}", true, "/dev/vda none - rw");
	assert_plan("{'root':{'mode':'ro'}}", true, "/dev/vda tmpfs - ro");
	assert_plan("{'root':{'mode':'overlay'}}", true, "/dev/vda tmpfs - rw");
	assert_plan("{'root':{'mode':'overlay','overlay_device':'label=up'}}", true,
	            "/dev/vda device label=up rw");
}

/* Where nothing is said, it is overlay; and /dev/vdb is taken only where there is no "root". */
static void test_defaults(void **state)
{
	(void)state;
	assert_plan("{'root':{}}", true, "/dev/vda tmpfs - rw");
	assert_plan("{'root':{'device':'serial=root'}}", true, "serial=root tmpfs - rw");
	assert_plan("{'root':{'overlay_device':'/dev/vdq'}}", false, "/dev/vda device /dev/vdq rw");
	assert_plan("{'root':{'device':'uuid=1','mode':'rw'}}", false, "uuid=1 none - rw");
}

static void test_type_and_options_are_passed_on(void **state)
{
	struct vmconfig cfg;
	struct root_plan plan;

	(void)state;
	config_from(&cfg, "{'root':{'fstype':'xfs','options':['noatime','nodev'],'mode':'rw'}}");
	plan = root_plan(cfg.root, false);
	assert_string_equal(plan.fstype, "xfs");
	assert_int_equal(plan.options->count, 2);
	assert_string_equal(plan.options->items[1], "nodev");
	vmconfig_release(&cfg);
	plan = root_plan(NULL, false);
	assert_null(plan.fstype);
	assert_null(plan.options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_without_a_root_it_is_the_seeds),
	    cmocka_unit_test(test_modes),
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_type_and_options_are_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
