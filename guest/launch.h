/* SPDX-License-Identifier: MIT */
/*
 * A child that takes the steps of a plan and then becomes a program.
 *
 * How far it has come stands in memory that it shares with init: a seccomp
 * filter among the steps may forbid it to write, or kill it.
 */
#ifndef VMCONFIG_LAUNCH_H
#define VMCONFIG_LAUNCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct exec_plan;
struct launch_progress;
struct steps;

struct launch {
	pid_t pid;
	int gate;         /* a byte into it lets the child begin */
	int closed;       /* ends when the child has executed the program, or has ended */
	int64_t limit_us; /* how long all of it may take; launch_fork() sets what is usual */
	struct launch_progress *progress;
	size_t steps; /* in the plan */
	size_t step;  /* where it failed; the number of steps: executing the program */
	int error; /* errno, ETIMEDOUT at the limit, STOP_ASKED as stop_wait() has it; 0: killed in
	              that step, by @signal */
	int signal;
};

/*
 * launch_fork() - the child is there, and waits.
 * @l:          overwritten; to be released whatever the result
 * @make_child: fork(2), or what does the same
 *
 * Return: 0 or -errno.
 */
int launch_fork(struct launch *l, const struct steps *plan, const struct exec_plan *exec,
                pid_t (*make_child)(void));

/*
 * launch_go() - let it begin, and wait until it has executed the program.
 * Return: its PID, or 0: then it has been reaped, or was killed at the limit, and @l says what
 * happened.
 */
pid_t launch_go(struct launch *l);

/* launch_release() - a child that still waits is killed and reaped. */
void launch_release(struct launch *l);

#endif
