/* SPDX-License-Identifier: MIT */
/* Children that take steps and become a program: how that ends when they do not come to it. */
#include "guest_test.h"

#include <signal.h>
#include <sys/wait.h>

#include "account.h"
#include "exec_plan.h"
#include "launch.h"
#include "steps.h"
#include "stop_request.h"

static char *no_words[] = {NULL};
static char true_path[] = "/bin/true", no_path[] = "/no/program";
static char *program[] = {true_path, NULL}, *nothing[] = {no_path, NULL};

static int do_nothing(const struct step *step)
{
	(void)step;
	return 0;
}

static int refuse(const struct step *step)
{
	(void)step;
	return -EXDEV;
}

static int hang(const struct step *step)
{
	(void)step;
	while (pause() < 0)
		;
	return 0;
}

/* Return: the child's PID. @l says the rest. */
static pid_t launch(struct launch *l, int (*second)(const struct step *step), char **paths,
                    int64_t limit_us)
{
	struct step items[] = {{.apply = do_nothing}, {.apply = second}};
	const struct steps plan = {.items = items, .count = 2};
	const struct exec_plan exec = {.argv = program, .envp = no_words, .paths = paths};
	pid_t pid;

	assert_int_equal(launch_fork(l, &plan, &exec, fork), 0);
	if (limit_us)
		l->limit_us = limit_us;
	pid = launch_go(l);
	launch_release(l);
	return pid;
}

static void test_a_program_is_executed(void **state)
{
	struct launch l;
	pid_t pid = launch(&l, do_nothing, program, 0);

	(void)state;
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_a_step_that_fails_is_told(void **state)
{
	struct launch l;

	(void)state;
	assert_int_equal(launch(&l, refuse, program, 0), 0);
	assert_int_equal(l.step, 1);
	assert_int_equal(l.error, EXDEV);
	assert_int_equal(waitpid(-1, NULL, 0), -1); /* it has been reaped */
}

static void test_a_program_that_is_not_there_is_told(void **state)
{
	struct launch l;

	(void)state;
	assert_int_equal(launch(&l, do_nothing, nothing, 0), 0);
	assert_int_equal(l.step, 2);
	assert_int_equal(l.error, ENOENT);
}

/* The limit may come before the child has begun, so which step it was is not asked for. */
static void test_a_step_that_does_not_end_is_killed_at_the_limit(void **state)
{
	struct launch l;

	(void)state;
	assert_int_equal(launch(&l, hang, program, 100000), 0);
	assert_int_equal(l.error, ETIMEDOUT);
	assert_int_equal(l.signal, SIGKILL);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
}

static void test_a_step_that_does_not_end_is_killed_when_a_stop_is_asked_for(void **state)
{
	const struct timespec now = {0};
	struct account account;
	struct launch l;
	sigset_t term;

	(void)state;
	account_init(&account);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &term, NULL), 0);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	stop_request_watch(&account, -1);
	assert_int_equal(launch(&l, hang, program, 0), 0);
	assert_int_equal(l.error, STOP_ASKED);
	assert_int_equal(l.signal, SIGKILL);
	stop_request_leave();
	assert_int_equal(sigtimedwait(&term, NULL, &now), SIGTERM); /* it is there for others */
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &term, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_program_is_executed),
	    cmocka_unit_test(test_a_step_that_fails_is_told),
	    cmocka_unit_test(test_a_program_that_is_not_there_is_told),
	    cmocka_unit_test(test_a_step_that_does_not_end_is_killed_at_the_limit),
	    cmocka_unit_test(test_a_step_that_does_not_end_is_killed_when_a_stop_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
