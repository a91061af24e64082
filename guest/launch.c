/* SPDX-License-Identifier: MIT */
/* A child that takes the steps of a plan and then becomes a program. */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "clock.h"
#include "contract.h"
#include "exec_plan.h"
#include "signal_set.h"
#include "steps.h"
#include "stop_request.h"

#define SECOND_US INT64_C(1000000)
#define LIMIT_US  (60 * SECOND_US)
#define KILLED_US (5 * SECOND_US) /* SIGKILL to leaving it to itself */

struct launch_progress {
	volatile size_t step;
	volatile int error;
};

static bool wait_at(int gate)
{
	char byte;
	ssize_t n;

	do
		n = read(gate, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static void __attribute__((noreturn)) child(struct launch_progress *progress, int gate,
                                            const struct steps *plan, const struct exec_plan *exec)
{
	int error = 0;

	signal_reset_all();
	if (!wait_at(gate))
		_exit(STATUS_INIT_FAILED);
	for (size_t i = 0; !error && i < plan->count; i++) {
		progress->step = i;
		error = -plan->items[i].apply(&plan->items[i]);
	}
	if (!error) {
		progress->step = plan->count;
		error = -exec_plan_run(exec);
	}
	progress->error = error;
	/* A seccomp filter of the plan may refuse this, and _exit() would try for ever; it cannot
	 * refuse a fault. */
	syscall(SYS_exit_group, STATUS_INIT_FAILED);
	__builtin_trap();
}

static int make_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
}

int launch_fork(struct launch *l, const struct steps *plan, const struct exec_plan *exec,
                pid_t (*make_child)(void))
{
	_cleanup_fd_ int gate = -1, open_end = -1;
	int ends[2], r;

	*l = (struct launch){.gate = -1, .closed = -1, .steps = plan->count, .limit_us = LIMIT_US};
	l->progress = mmap(NULL, sizeof(*l->progress), PROT_READ | PROT_WRITE,
	                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (l->progress == MAP_FAILED) {
		l->progress = NULL;
		return -errno;
	}
	r = make_pipe(ends);
	if (r < 0)
		return r;
	gate = ends[0];
	l->gate = ends[1];
	r = make_pipe(ends);
	if (r < 0)
		return r;
	l->closed = ends[0];
	open_end = ends[1];
	l->pid = make_child();
	if (l->pid < 0) {
		l->pid = 0;
		return -errno;
	}
	if (l->pid == 0) {
		close(steal_fd(&l->gate)); /* or it would never see that init has gone */
		child(l->progress, gate, plan, exec);
	}
	close(steal_fd(&open_end)); /* the child's alone is to be left */
	return 0;
}

static void reap(struct launch *l)
{
	int status = 0;
	pid_t pid;

	do
		pid = waitpid(l->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	if (WIFSIGNALED(status))
		l->signal = WTERMSIG(status);
	l->pid = 0;
}

/* Killed, it may still be in a system call that nothing ends, of a filesystem whose host has gone.
 */
static void give_up(struct launch *l, int error)
{
	kill(l->pid, SIGKILL);
	l->step = l->progress->step;
	l->error = error;
	if (boot_watch_wait(l->closed, clock_us() + KILLED_US) > 0)
		reap(l);
	l->pid = 0;
}

pid_t launch_go(struct launch *l)
{
	int64_t now = clock_us(), deadline = now + l->limit_us;
	/* A stop that is asked for while a start goes well finds the program started. */
	int64_t usual = now + SECOND_US;
	pid_t pid = l->pid;
	char byte = 0;
	int r;

	while (write(l->gate, &byte, 1) < 0 && errno == EINTR)
		;
	/* Nobody writes into it: it is ready when the child's end has closed. */
	r = boot_watch_wait(l->closed, usual < deadline ? usual : deadline);
	if (r == 0)
		r = stop_wait(l->closed, deadline);
	if (r == 0 || r == -STOP_ASKED) {
		give_up(l, r ? STOP_ASKED : ETIMEDOUT);
		return 0;
	}
	if (r < 0)
		wait_at(l->closed);
	l->step = l->progress->step;
	l->error = l->progress->error;
	if (l->step == l->steps && !l->error) {
		l->pid = 0;
		return pid;
	}
	reap(l);
	return 0;
}

void launch_release(struct launch *l)
{
	if (l->pid > 0) {
		kill(l->pid, SIGKILL);
		reap(l);
	}
	if (l->gate >= 0)
		close(steal_fd(&l->gate));
	if (l->closed >= 0)
		close(steal_fd(&l->closed));
	if (l->progress)
		munmap(l->progress, sizeof(*l->progress));
	l->progress = NULL;
}
