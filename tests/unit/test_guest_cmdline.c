/* SPDX-License-Identifier: MIT */
/* Our words among those of the kernel's command line. */
#include "guest_test.h"

#include <errno.h>

#include "cleanup.h"
#include "cmdline.h"
#include "contract.h"
#include "log.h"
#include "guest.h"

static int parse(struct cmdline *c, const char *text)
{
	_cleanup_free_ char *copy = strdup(text);
	const char *bad = "";

	assert_non_null(copy);
	return cmdline_parse(c, copy, &bad);
}

static void assert_bad(const char *text, const char *word)
{
	_cleanup_free_ char *copy = strdup(text);
	const char *bad = "";
	struct cmdline c;

	assert_non_null(copy);
	assert_true(cmdline_parse(&c, copy, &bad) < 0);
	assert_string_equal(bad, word);
}

static void test_defaults(void **state)
{
	static const char *const texts[] = {"", "\n", "   ", "console=ttyS0 panic=-1 quiet\n"};
	struct cmdline c;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		memset(&c, 0xff, sizeof(c));
		assert_int_equal(parse(&c, texts[i]), 0);
		assert_string_equal(c.disk, "");
		assert_int_equal(c.wait_ms, MAX_DEVICE_WAIT_MS);
		assert_int_equal(c.stall_ms, STALL_MS);
		assert_int_equal(c.log_level, LOG_LEVEL_INFO);
		assert_false(c.rescue);
		assert_int_equal(c.end, MACHINE_POWER_OFF);
	}
}

static void test_each_word(void **state)
{
	struct cmdline c;

	(void)state;
	assert_int_equal(parse(&c,
	                       "a vmconfig.disk=label=VMCONFIG vmconfig.wait=3 vmconfig.log=debug "
	                       "vmconfig.rescue b\n"),
	                 0);
	assert_string_equal(c.disk, "label=VMCONFIG");
	assert_int_equal(c.wait_ms, 3000);
	assert_int_equal(c.log_level, LOG_LEVEL_DEBUG);
	assert_true(c.rescue);
	assert_false(c.log_kmsg);
	assert_int_equal(parse(&c, "vmconfig.log=error vmconfig.log_target=kmsg"), 0);
	assert_int_equal(c.log_level, LOG_LEVEL_ERROR);
	assert_true(c.log_kmsg);
	assert_int_equal(parse(&c, "vmconfig.log=warning vmconfig.log_target=console"), 0);
	assert_int_equal(c.log_level, LOG_LEVEL_WARNING);
	assert_false(c.log_kmsg);
	assert_int_equal(parse(&c, "vmconfig.end=reboot"), 0);
	assert_int_equal(c.end, MACHINE_REBOOT);
	assert_int_equal(parse(&c, "vmconfig.end=reboot vmconfig.end=poweroff"), 0);
	assert_int_equal(c.end, MACHINE_POWER_OFF);
	assert_int_equal(parse(&c, "vmconfig.stall=7"), 0);
	assert_int_equal(c.stall_ms, 7000);
	assert_int_equal(parse(&c, "vmconfig.stall=0"), 0);
	assert_int_equal(c.stall_ms, 0);
	assert_int_equal(parse(&c, "vmconfig.wait=0 vmconfig.log=info"), 0);
	assert_int_equal(c.wait_ms, 0);
	assert_int_equal(c.log_level, LOG_LEVEL_INFO);
}

static void test_the_last_of_a_word_counts(void **state)
{
	struct cmdline c;

	(void)state;
	assert_int_equal(parse(&c, "vmconfig.wait=1 vmconfig.wait=2"), 0);
	assert_int_equal(c.wait_ms, 2000);
	assert_int_equal(parse(&c, "vmconfig.log=debug vmconfig.log=info"), 0);
	assert_int_equal(c.log_level, LOG_LEVEL_INFO);
}

static void test_quotes_keep_spaces(void **state)
{
	struct cmdline c;

	(void)state;
	assert_int_equal(parse(&c, "vmconfig.disk=\"label=two words\""), 0);
	assert_string_equal(c.disk, "label=two words");
	assert_int_equal(parse(&c, "\"vmconfig.disk=label=two words\""), 0);
	assert_string_equal(c.disk, "label=two words");
	assert_int_equal(parse(&c, "x=\"vmconfig.rescue vmconfig.wait=bad\" vmconfig.wait=1"), 0);
	assert_false(c.rescue);
	assert_int_equal(c.wait_ms, 1000);
	/* One that is not closed goes to the end. */
	assert_int_equal(parse(&c, "x=\"open vmconfig.rescue"), 0);
	assert_false(c.rescue);
}

static void test_words_after_dashes_are_not_ours(void **state)
{
	struct cmdline c;

	(void)state;
	assert_int_equal(parse(&c, "vmconfig.wait=1 -- vmconfig.wait=bad vmconfig.rescue"), 0);
	assert_int_equal(c.wait_ms, 1000);
	assert_false(c.rescue);
}

static void test_similar_words_are_not_ours(void **state)
{
	struct cmdline c;

	(void)state;
	assert_int_equal(parse(&c, "xvmconfig.rescue vmconfig.rescue=1 vmconfig.waits=x vmconfig. "
	                           "vmconfig.disks=x vmconfig.disk"),
	                 0);
	assert_false(c.rescue);
	assert_string_equal(c.disk, "");
}

static void test_values_that_make_no_sense(void **state)
{
	char text[512] = "vmconfig.disk=/dev/";

	(void)state;
	assert_bad("a vmconfig.wait=soon b", "vmconfig.wait=soon");
	assert_bad("vmconfig.wait=", "vmconfig.wait=");
	assert_bad("vmconfig.end=kexec", "vmconfig.end=kexec");
	assert_bad("vmconfig.end=", "vmconfig.end=");
	assert_bad("vmconfig.log=loud", "vmconfig.log=loud");
	assert_bad("vmconfig.log=", "vmconfig.log=");
	assert_bad("vmconfig.log_target=paper", "vmconfig.log_target=paper");
	assert_bad("vmconfig.wait=-1", "vmconfig.wait=-1");
	assert_bad("vmconfig.stall=3601", "vmconfig.stall=3601");
	assert_bad("vmconfig.stall=", "vmconfig.stall=");
	assert_bad("vmconfig.wait=1s", "vmconfig.wait=1s");
	assert_bad("vmconfig.wait=3601", "vmconfig.wait=3601");
	assert_bad("vmconfig.wait=99999999999999999999", "vmconfig.wait=99999999999999999999");
	assert_bad("vmconfig.disk=", "vmconfig.disk=");
	assert_bad("vmconfig.disk=vda", "vmconfig.disk=vda");
	assert_bad("vmconfig.disk=/dev/../etc/passwd", "vmconfig.disk=/dev/../etc/passwd");
	assert_bad("vmconfig.disk=serial=", "vmconfig.disk=serial=");
	memset(text + strlen(text), 'x', 300);
	assert_bad(text, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_each_word),
	    cmocka_unit_test(test_the_last_of_a_word_counts),
	    cmocka_unit_test(test_quotes_keep_spaces),
	    cmocka_unit_test(test_words_after_dashes_are_not_ours),
	    cmocka_unit_test(test_similar_words_are_not_ours),
	    cmocka_unit_test(test_values_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
