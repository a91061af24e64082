/* SPDX-License-Identifier: MIT */
/* The kernel's records of whom it has killed for memory, told from what processes have written. */
#include "guest_test.h"

#include "oom.h"

#define KILLED                                                                                    \
	"Killed process 71 (hog) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB, UID:0 " \
	"pgtables:0kB oom_score_adj:0\n"

static void assert_record(enum oom_record expected, const char *log)
{
	char *copy = malloc(strlen(log) + 1);

	assert_non_null(copy);
	/* Without a NUL, as a record that fills the buffer has none. */
	memcpy(copy, log, strlen(log));
	copy[strlen(log)] = '7';
	assert_int_equal(oom_record_in(copy, strlen(log), 71), expected);
	free(copy);
}

static void test_a_record_names_the_process(void **state)
{
	(void)state;
	assert_record(OOM_RECORD_FOUND, "<3>[    1.234567] Out of memory: " KILLED);
	assert_record(OOM_RECORD_FOUND, "<3>[    1.234567][   T12] Out of memory: " KILLED);
	assert_record(OOM_RECORD_FOUND, "<3>Out of memory: " KILLED);
	assert_record(OOM_RECORD_FOUND, "<3>[    1.2] Memory cgroup out of memory: " KILLED);
	assert_record(OOM_RECORD_FOUND,
	              "<3>[    1.2] Out of memory (oom_kill_allocating_task): " KILLED);
	assert_record(OOM_RECORD_FOUND,
	              "cut off\n<4>[    1.2] hog invoked oom-killer\n"
	              "<3>[    1.2] Out of memory: Killed process 7 (x)\n<3>[    1.2] "
	              "Out of memory: " KILLED "<6>[    1.3] oom_reaper: reaped process 71 (hog)");
}

static void test_others_are_not_it(void **state)
{
	(void)state;
	assert_record(OOM_RECORD_OTHERS,
	              "<3>[    1.2] Out of memory: Killed process 7 (71 (hog)\n");
	assert_record(OOM_RECORD_OTHERS, "<3>[    1.2] Out of memory: Killed process 711 (hog)\n");
	assert_record(OOM_RECORD_NONE, "<3>[    1.2] Out of memory: Killed process 71\n");
	assert_record(OOM_RECORD_NONE, "<3>[    1.2] Out of memory: Killed process 7");
	assert_record(OOM_RECORD_NONE,
	              "<3>[    1.2] Out of memory: Killed process 00000000071 (hog)\n");
}

/* A process that writes to /dev/kmsg cannot have the kernel's facility; its name can be anything.
 */
static void test_what_a_process_has_written_is_no_record(void **state)
{
	(void)state;
	assert_record(OOM_RECORD_NONE, "");
	assert_record(OOM_RECORD_NONE, "Out of memory: " KILLED);
	assert_record(OOM_RECORD_NONE, "<11>[    1.2] Out of memory: " KILLED);
	assert_record(OOM_RECORD_NONE, "<12>Out of memory: " KILLED);
	assert_record(OOM_RECORD_NONE, "<>[    1.2] Out of memory: " KILLED);
	assert_record(OOM_RECORD_NONE, "<3[    1.2] Out of memory: " KILLED);
	assert_record(OOM_RECORD_NONE, "<3>[    1.2 Out of memory: " KILLED);
	assert_record(OOM_RECORD_NONE, "<6>[    1.2] x[71]: Out of memory: " KILLED);
	assert_record(OOM_RECORD_NONE, "<6>[    1.2] Out of memory: [71]: segfault\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_record_names_the_process),
	    cmocka_unit_test(test_others_are_not_it),
	    cmocka_unit_test(test_what_a_process_has_written_is_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
