/* SPDX-License-Identifier: MIT */
/* host/child.c: programs that start, and those that do not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "child.h"
#include "cleanup.h"
#include "host_test.h"

static char sh[] = "sh", option[] = "-c";

/* What becomes the child's standard output. */
static int take_output(const void *context)
{
	const int *fd = context;

	return dup2(*fd, STDOUT_FILENO) < 0 ? -errno : 0;
}

/* @text: takes what a script says. Return: the PID that it had. */
static pid_t say(char *script, bool detached, char *text, size_t size)
{
	_cleanup_fd_ int from = -1, to = -1;
	char *argv[] = {sh, option, script, NULL};
	struct child c = {.program = "sh",
	                  .argv = argv,
	                  .detached = detached,
	                  .prepare = take_output,
	                  .context = &to};
	size_t length = 0;
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	from = ends[0];
	to = ends[1];
	pid = child_start(&c);
	assert_true(pid > 0);
	close(steal_fd(&to));
	while ((n = read(from, text + length, size - 1 - length)) > 0)
		length += (size_t)n;
	text[length] = '\0';
	assert_int_equal(child_wait(pid, &status), 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return pid;
}

static void test_failures_have_names(void **state)
{
	char *argv[] = {sh, NULL};
	struct child c = {.argv = argv};

	(void)state;
	c.program = "/nonexistent/program";
	assert_int_equal(child_start(&c), -ENOENT);
	c.program = "no-such-program-anywhere";
	assert_int_equal(child_start(&c), -ENOENT);
	c.program = "/etc/passwd";
	assert_int_equal(child_start(&c), -EACCES);
	/* None of them is left behind. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int refuse(const void *context)
{
	(void)context;
	return -EXDEV;
}

static void test_what_is_prepared_may_fail(void **state)
{
	char *argv[] = {sh, NULL};
	struct child c = {.program = "sh", .argv = argv, .prepare = refuse};

	(void)state;
	assert_int_equal(child_start(&c), -EXDEV);
}

/* Also where the pipe that reports a failure would stand, but for its being moved. */
static int take_many(const void *context)
{
	int r = take_output(context);

	for (int fd = STDERR_FILENO + 1; r == 0 && fd < CHILD_FREE_FDS; fd++)
		r = dup2(STDERR_FILENO, fd) < 0 ? -errno : 0;
	return r;
}

static void test_low_descriptors_are_free(void **state)
{
	_cleanup_fd_ int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char *argv[] = {sh, NULL};
	struct child c = {.program = "/nonexistent/program",
	                  .argv = argv,
	                  .prepare = take_many,
	                  .context = &null};

	(void)state;
	assert_int_equal(child_start(&c), -ENOENT);
}

static void test_environment(void **state)
{
	char variable[] = "ONLY=this", script[] = "test \"$ONLY\" = this && test -z \"$HOME\"";
	char *argv[] = {sh, option, script, NULL}, *envp[] = {variable, NULL};
	struct child c = {.program = "/bin/sh", .argv = argv, .envp = envp};
	int status;

	(void)state;
	assert_int_equal(setenv("HOME", "/somewhere", 1), 0);
	assert_int_equal(child_wait(child_start(&c), &status), 0);
	assert_int_equal(status, 0);
}

/* vmconfig's own signals are none of the child's. */
static void test_signals_are_as_they_should_be(void **state)
{
	char script[] = "exec grep -E '^Sig(Blk|Ign)' /proc/self/status", text[256];
	const char *ignored;
	sigset_t set, before;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	signal(SIGPIPE, SIG_IGN);
	say(script, false, text, sizeof(text));
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_non_null(strstr(text, "SigBlk:\t0000000000000000"));
	ignored = strstr(text, "SigIgn:\t");
	assert_non_null(ignored);
	assert_int_equal(strtoull(ignored + strlen("SigIgn:\t"), NULL, 16) & (1 << (SIGPIPE - 1)),
	                 0);
}

static void test_a_session_of_its_own(void **state)
{
	char script[] = "cut -d ' ' -f 5,6 /proc/$$/stat", text[64], expected[64];
	pid_t pid;

	(void)state;
	pid = say(script, true, text, sizeof(text));
	snprintf(expected, sizeof(expected), "%d %d\n", pid, pid);
	assert_string_equal(text, expected);
	say(script, false, text, sizeof(text));
	snprintf(expected, sizeof(expected), "%d %d\n", getpgrp(), getsid(0));
	assert_string_equal(text, expected);
}

/* Its parent starts it and ends at once; it holds the pipe's other end for as long as it lives. */
static void test_bound_to_its_parent(void **state)
{
	char word[] = "sleep", time[] = "1000", *argv[] = {word, time, NULL};
	_cleanup_fd_ int from = -1, to = -1;
	struct pollfd end;
	int ends[2], status;
	pid_t parent;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	from = ends[0];
	to = ends[1];
	parent = fork();
	if (parent == 0) {
		struct child c = {.program = word,
		                  .argv = argv,
		                  .bound = SIGKILL,
		                  .prepare = take_output,
		                  .context = &to};

		_exit(child_start(&c) > 0 ? 0 : 1);
	}
	assert_true(parent > 0);
	close(steal_fd(&to));
	assert_int_equal(child_wait(parent, &status), 0);
	assert_int_equal(status, 0);
	end = (struct pollfd){.fd = from, .events = POLLIN};
	assert_int_equal(poll(&end, 1, 60000), 1);
	assert_true(end.revents & POLLHUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_failures_have_names),
	    cmocka_unit_test(test_what_is_prepared_may_fail),
	    cmocka_unit_test(test_low_descriptors_are_free),
	    cmocka_unit_test(test_environment),
	    cmocka_unit_test(test_signals_are_as_they_should_be),
	    cmocka_unit_test(test_a_session_of_its_own),
	    cmocka_unit_test(test_bound_to_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
