/* SPDX-License-Identifier: MIT */
/* The config's secret is used once, whatever comes of it. */
#include "guest_test.h"

#include "entropy.h"

static void seed(const char *config)
{
	struct vmconfig cfg;

	config_from(&cfg, config);
	entropy_seed(&cfg);
	assert_null(cfg.entropy);
	vmconfig_release(&cfg);
}

static void test_the_secret_goes(void **state)
{
	(void)state;
	seed("{'cmd':['x'],'entropy':'c2VjcmV0'}");
	seed("{'cmd':['x']}");
}

/* More than goes into the kernel at once. */
static void test_a_long_secret(void **state)
{
	char *config = malloc(16384);

	(void)state;
	assert_non_null(config);
	strcpy(config, "{'cmd':['x'],'entropy':'");
	for (int i = 0; i < 2000; i++)
		strcat(config, "AAAA");
	strcat(config, "'}");
	seed(config);
	free(config);
}

/* What is no base64 is refused by the config's check; here it must only do no harm. */
static void test_no_base64(void **state)
{
	struct vmconfig cfg = {.entropy = strdup("%%%")};

	(void)state;
	entropy_seed(&cfg);
	assert_null(cfg.entropy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_secret_goes),
	    cmocka_unit_test(test_a_long_secret),
	    cmocka_unit_test(test_no_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
