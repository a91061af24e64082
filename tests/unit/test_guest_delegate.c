/* SPDX-License-Identifier: MIT */
/* Work by a child: its result, its limits, and whose descriptors are closed when. */
#include "guest_test.h"

#include <signal.h>
#include <sys/wait.h>

#include "delegate.h"

static uint64_t counter;
static int asked;

static uint64_t standing_still(void)
{
	asked++;
	return counter;
}

static uint64_t moving(void)
{
	asked++;
	return ++counter;
}

static const struct patience generous = {60000000, 1, standing_still};
static const struct patience short_one = {1000, 100, standing_still};
static const struct patience extended = {1000, 5, moving};

static int give_back(void *data)
{
	return *(int *)data;
}

static int never_end(void *data)
{
	while (!data)
		pause();
	return 0;
}

static int run(int (*work)(void *), int *data, const struct patience *patience)
{
	return delegate(&(struct delegate_work){
	    .run = work, .data = data, .give_fd = -1, .patience = patience});
}

/* The children that were given up are still there. */
static void end_children(void)
{
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	signal(SIGTERM, SIG_DFL);
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
}

static void test_the_result_is_the_work_s(void **state)
{
	int results[] = {0, -EBUSY, -EIO, -EHWPOISON};

	(void)state;
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++)
		assert_int_equal(run(give_back, &results[i], &generous), results[i]);
	assert_false(delegate_gave_up());
}

static int kill_oneself(void *data)
{
	(void)data;
	return kill(getpid(), SIGKILL);
}

static void test_a_child_that_dies_has_not_done_it(void **state)
{
	(void)state;
	assert_int_equal(run(kill_oneself, NULL, &generous), -EINTR);
}

static int end_of_file(void *data)
{
	char byte;

	/* The only other end of it is init's, which it closes before the work begins. */
	return read(*(int *)data, &byte, 1) == 0 ? 0 : -EIO;
}

static void test_what_is_given_is_the_childs_alone(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	/* Given, it stays open in the child until the work is done; then it has gone everywhere. */
	assert_int_equal(
	    delegate(&(struct delegate_work){
	        .run = give_back, .data = &(int){0}, .give_fd = ends[1], .patience = &generous}),
	    0);
	assert_int_equal(end_of_file(&ends[0]), 0);
	assert_int_equal(fcntl(ends[1], F_GETFD), -1);
	close(ends[0]);
}

static void test_nothing_else_is_held_by_a_child_that_stays(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(run(never_end, NULL, &short_one), -ETIMEDOUT);
	close(ends[1]);
	assert_int_equal(end_of_file(&ends[0]), 0);
	close(ends[0]);
}

static void test_no_progress_ends_it_after_one_window(void **state)
{
	(void)state;
	asked = 0;
	assert_int_equal(run(never_end, NULL, &short_one), -ETIMEDOUT);
	assert_true(delegate_gave_up());
	assert_int_equal(asked, 2);
}

static void test_progress_extends_it_but_not_for_ever(void **state)
{
	(void)state;
	asked = 0;
	assert_int_equal(run(never_end, NULL, &extended), -ETIMEDOUT);
	assert_int_equal(asked, 6);
}

static void test_the_kernels_counters(void **state)
{
	(void)state;
	assert_int_equal(delegate_vmstat(""), 0);
	assert_int_equal(delegate_vmstat("nr_free_pages 9\nnr_written 5\nnr_written_x 9\n"
	                                 "pgpgin 9\npgpgout 20\npswpin 100\npswpout 9\n"),
	                 125);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_result_is_the_work_s),
	    cmocka_unit_test(test_a_child_that_dies_has_not_done_it),
	    cmocka_unit_test(test_what_is_given_is_the_childs_alone),
	    cmocka_unit_test(test_nothing_else_is_held_by_a_child_that_stays),
	    cmocka_unit_test(test_no_progress_ends_it_after_one_window),
	    cmocka_unit_test(test_progress_extends_it_but_not_for_ever),
	    cmocka_unit_test(test_the_kernels_counters),
	};
	int failed;

	/* Alone in it, so that the children can be ended together. */
	setpgid(0, 0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	end_children();
	return failed;
}
