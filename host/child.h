/* SPDX-License-Identifier: MIT */
/* Starting a program, and hearing why when that cannot be done. */
#ifndef VMCONFIG_CHILD_H
#define VMCONFIG_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Descriptors below are for prepare() to place what it likes at. */
#define CHILD_FREE_FDS 16

struct child {
	const char *program; /* a path, or a name that is looked for in PATH */
	char *const *argv;
	char *const *envp; /* NULL: our own */
	int bound;         /* the signal that ends it when we end; 0: it may go on */
	bool detached;     /* it leads a session and a group of its own */
	/* What else is done in the child before the program is executed. Return: 0 or -errno. */
	int (*prepare)(const void *context);
	const void *context;
};

/*
 * child_start() - no signal is blocked or, as far as SIGPIPE goes, ignored in it.
 * Return: its PID, or -errno, also of a program that could not be executed.
 */
pid_t child_start(const struct child *c);

/* child_wait() - until it has ended. Return: 0 or -errno. */
int child_wait(pid_t pid, int *status);

/* child_wait_limit() - the same, but not for ever: it is killed then. Return: also -ETIMEDOUT. */
int child_wait_limit(pid_t pid, int *status, int limit_ms);

#endif
