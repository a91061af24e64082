/* SPDX-License-Identifier: MIT */
/* Starting a program: a pipe that a successful exec closes says that it runs. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"

static int prepare(const struct child *c, pid_t parent)
{
	sigset_t none;

	if (c->bound && prctl(PR_SET_PDEATHSIG, c->bound) < 0)
		return -errno;
	if (c->bound && getppid() != parent)
		_exit(EXIT_FAILURE); /* it died before that */
	if (c->detached)
		setsid();
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return -errno;
	return c->prepare ? c->prepare(c->context) : 0;
}

/* @failure: takes errno */
static void __attribute__((noreturn)) become(const struct child *c, pid_t parent, int failure)
{
	char *const *envp = c->envp ? c->envp : environ;
	int error = -prepare(c, parent);

	if (!error) {
		/* execvpe(3) of some libraries gives a shell what the kernel does not know. */
		if (strchr(c->program, '/'))
			execve(c->program, c->argv, envp);
		else
			execvpe(c->program, c->argv, envp);
		error = errno;
	}
	while (write(failure, &error, sizeof(error)) < 0 && errno == EINTR)
		;
	_exit(EXIT_FAILURE);
}

pid_t child_start(const struct child *c)
{
	_cleanup_fd_ int read_end = -1, write_end = -1;
	pid_t parent = getpid(), pid;
	int ends[2], error = 0;
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	read_end = ends[0];
	write_end = fcntl(ends[1], F_DUPFD_CLOEXEC, CHILD_FREE_FDS);
	if (write_end < 0)
		error = errno;
	close(ends[1]);
	if (error)
		return -error;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(c, parent, write_end);
	close(steal_fd(&write_end));
	do
		n = read(read_end, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(error))
		return pid;
	child_wait(pid, NULL);
	return -error;
}

int child_wait(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int child_wait_limit(pid_t pid, int *status, int limit_ms)
{
	_cleanup_fd_ int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = {.fd = pidfd, .events = POLLIN};
	int r, error = pidfd < 0 ? -errno : 0;

	while (!error && (r = poll(&end, 1, limit_ms)) <= 0)
		if (r == 0)
			error = -ETIMEDOUT;
		else if (errno != EINTR)
			error = -errno;
	if (error)
		kill(pid, SIGKILL);
	r = child_wait(pid, status);
	return error ? error : r;
}
