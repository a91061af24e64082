/* SPDX-License-Identifier: MIT */
/* One hook on the host. */
#include "hook_run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "hook_exec.h"
#include "monotonic.h"
#include "vmconfig.h"

/* What the child needs. */
struct context {
	const char *dir;
	int state; /* its standard input */
};

static int complain(char **why, int r, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int complain(char **why, int r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(why, format, args) < 0)
		*why = NULL;
	va_end(args);
	return r;
}

static int prepare(const void *context)
{
	const struct context *c = context;

	if (dup2(c->state, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ||
	    chdir(c->dir) < 0)
		return -errno;
	return 0;
}

/* Return: 0 when it has ended, -ETIMEDOUT, or -EINTR. */
static int wait_for_end(int pidfd, int64_t limit_s, int cancel)
{
	struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN}, {.fd = cancel, .events = POLLIN}};
	int64_t due = monotonic_ms() + limit_s * 1000;

	for (;;) {
		int64_t left = due - monotonic_ms();
		int n = poll(fds, 2, left < 0 ? 0 : left < 60000 ? (int)left : 60000);

		if (n > 0 && fds[0].revents)
			return 0;
		if (n > 0)
			return -EINTR;
		if (n == 0 && monotonic_ms() >= due)
			return -ETIMEDOUT;
	}
}

static int take_end(const struct hook *hook, pid_t pid, int cancel, char **why)
{
	int64_t limit_s = hook->timeout.set ? hook->timeout.value : HOOK_LIMIT_S;
	_cleanup_fd_ int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int r = pidfd < 0 ? -errno : wait_for_end(pidfd, limit_s, cancel);
	int status = 0;

	if (r < 0) {
		kill(-pid, SIGKILL); /* the group that it leads */
		kill(pid, SIGKILL);
	}
	child_wait(pid, &status);
	if (r == -ETIMEDOUT)
		return complain(why, r, "had not ended after %lld s and was killed",
		                (long long)limit_s);
	if (r == -EINTR)
		return complain(why, r, "was killed, as vmconfig is to stop");
	if (r < 0)
		return complain(why, r, "cannot be watched: %s", strerror(-r));
	if (WIFSIGNALED(status))
		return complain(why, -ECANCELED, "was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		return complain(why, -ECANCELED, "ended with status %d", WEXITSTATUS(status));
	return 0;
}

int hook_run(const struct hook *hook, const char *state, const char *dir, int cancel, char **why)
{
	_cleanup_free_ char **argv = hook_vector(&hook->args, hook->path);
	_cleanup_free_ char **envp = hook_vector(&hook->env, NULL);
	_cleanup_fd_ int input = hook_state_open(state);
	struct context context = {.dir = dir, .state = input};
	struct child c = {.program = hook->path,
	                  .argv = argv,
	                  .envp = envp,
	                  .bound = SIGKILL,
	                  .detached = true,
	                  .prepare = prepare,
	                  .context = &context};
	pid_t pid;

	*why = NULL;
	if (!argv || !envp)
		return -ENOMEM;
	if (input < 0)
		return complain(why, input, "cannot be given its state: %s", strerror(-input));
	pid = child_start(&c);
	if (pid < 0)
		return complain(why, (int)pid, "cannot be run: %s", strerror((int)-pid));
	return take_end(hook, pid, cancel, why);
}
