/* SPDX-License-Identifier: MIT */
/*
 * The signals that ask vmconfig to stop: SIGINT, SIGTERM, SIGHUP and SIGQUIT.
 * They end it at once, except where something stands that must not be left
 * behind: there they are held back until it is cleared away, or are something
 * to poll. Those that vmconfig was started with ignored (nohup, a shell's "&")
 * stay ignored.
 */
#ifndef VMCONFIG_STOP_SIGNALS_H
#define VMCONFIG_STOP_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/*
 * stop_signals_open() - from now on they are read from a descriptor.
 *
 * SIGPIPE is ignored: a write that fails says so itself. SIGCHLD is
 * not, whatever the caller had: the kernel would reap the VMM itself, and its
 * status would be lost.
 *
 * Return: a signalfd(2), or negative after printing a line.
 */
int stop_signals_open(void);

/* stop_signals_next() - the next signal's number, or 0 when there is none now. */
int stop_signals_next(int fd);

/* Between these two they wait. Whoever works for long, or waits, looks for them meanwhile. */
struct held_signals {
	sigset_t before; /* what was blocked already */
	bool held;
};

void stop_signals_hold(struct held_signals *h);

/* stop_signals_release() - those that came end vmconfig now. @h: zeroed ones are left alone */
void stop_signals_release(struct held_signals *h);

/*
 * stop_signals_came() - whether one waits that ends vmconfig when they are released.
 *
 * Not one that was blocked before: whoever blocked it reads it from a
 * descriptor, or started vmconfig so, and what is made meanwhile is wanted.
 */
bool stop_signals_came(const struct held_signals *h);

/*
 * stop_signals_wait() - until a child has ended, which is killed when such a signal comes.
 * @status: as of waitpid(2)
 *
 * The signal is left where it is.
 *
 * Return: 0, -EINTR, or another negative errno value.
 */
int stop_signals_wait(const struct held_signals *h, pid_t pid, int *status);

#endif
