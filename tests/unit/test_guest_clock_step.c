/* SPDX-License-Identifier: MIT */
/* How far a PTP clock is ahead, from samples of which some were held up. */
#include "guest_test.h"

#include <linux/ptp_clock.h>

#include "clock_step.h"

static struct ptp_clock_time at(int64_t us)
{
	return (struct ptp_clock_time){.sec = us / 1000000, .nsec = (__u32)(us % 1000000 * 1000)};
}

/* One of ours, one of theirs, one of ours, and so on. */
static void fill(struct ptp_sys_offset *s, const int64_t *us, unsigned samples)
{
	*s = (struct ptp_sys_offset){.n_samples = samples};
	for (unsigned i = 0; i < 2 * samples + 1; i++)
		s->ts[i] = at(us[i]);
}

static void test_offset(void **state)
{
	static const int64_t ahead[] = {1000, 5001010, 1020};
	static const int64_t behind[] = {9000000, 1000005, 9000010};
	static const int64_t same[] = {7, 8, 9};
	struct ptp_sys_offset s;

	(void)state;
	fill(&s, ahead, 1);
	assert_int_equal(clock_ptp_offset(&s), 5000000);
	fill(&s, behind, 1);
	assert_int_equal(clock_ptp_offset(&s), -8000000);
	fill(&s, same, 1);
	assert_int_equal(clock_ptp_offset(&s), 0);
}

static void test_the_closest_sample_counts(void **state)
{
	/* The first and the last were interrupted. */
	static const int64_t us[] = {1000000, 3500000, 2000000, 3000005, 2000010, 9000000, 8000000};
	struct ptp_sys_offset s;

	(void)state;
	fill(&s, us, 3);
	assert_int_equal(clock_ptp_offset(&s), 1000000);
}

static void test_no_samples(void **state)
{
	struct ptp_sys_offset s = {0};

	(void)state;
	assert_int_equal(clock_ptp_offset(&s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_offset),
	    cmocka_unit_test(test_the_closest_sample_counts),
	    cmocka_unit_test(test_no_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
