/* SPDX-License-Identifier: MIT */
/* The signals that ask vmconfig to stop. */
#include "stop_signals.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "error.h"

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/*
 * Without those that are ignored: blocked, they would be queued nevertheless.
 * @before: NULL, or a set whose signals are left out
 */
static void fill_set(sigset_t *set, const sigset_t *before)
{
	sigemptyset(set);
	for (size_t i = 0; i < sizeof(stopping) / sizeof(*stopping); i++) {
		struct sigaction action;

		if (before && sigismember(before, stopping[i]) == 1)
			continue;
		if (sigaction(stopping[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(set, stopping[i]);
	}
}

int stop_signals_open(void)
{
	sigset_t set;
	int fd;

	fill_set(&set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? fail_errno(errno, "cannot watch for signals") : fd;
}

int stop_signals_next(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}

void stop_signals_hold(struct held_signals *h)
{
	sigset_t set;

	fill_set(&set, NULL);
	h->held = sigprocmask(SIG_BLOCK, &set, &h->before) == 0;
}

void stop_signals_release(struct held_signals *h)
{
	if (h->held)
		sigprocmask(SIG_SETMASK, &h->before, NULL);
	h->held = false;
}

bool stop_signals_came(const struct held_signals *h)
{
	sigset_t set, pending;

	fill_set(&set, &h->before);
	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < sizeof(stopping) / sizeof(*stopping); i++)
		if (sigismember(&set, stopping[i]) == 1 && sigismember(&pending, stopping[i]) == 1)
			return true;
	return false;
}

int stop_signals_wait(const struct held_signals *h, pid_t pid, int *status)
{
	_cleanup_fd_ int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), signals = -1;
	struct pollfd fds[2];
	sigset_t set;
	int r, error = pidfd < 0 ? -errno : 0;

	fill_set(&set, &h->before);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		error = -errno;
	fds[0] = (struct pollfd){.fd = signals, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = pidfd, .events = POLLIN};
	while (!error && poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			error = -errno;
	if (!error && fds[0].revents)
		error = -EINTR;
	if (error)
		kill(pid, SIGKILL);
	r = child_wait(pid, status);
	return error ? error : r;
}
