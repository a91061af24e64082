/* SPDX-License-Identifier: MIT */
/* The signals that ask vmconfig to stop. */
#include "stop_signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "error.h"

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

int stop_signals_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(stopping) / sizeof(*stopping); i++) {
		struct sigaction action;

		/* A blocked signal is queued even when it is ignored. */
		if (sigaction(stopping[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&set, stopping[i]);
	}
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
