/* SPDX-License-Identifier: MIT */
/* Start the workload as a child of init. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "beneath.h"
#include "cgroup.h"
#include "cleanup.h"
#include "clock.h"
#include "contract.h"
#include "exec_plan.h"
#include "guest.h"
#include "identity.h"
#include "log.h"
#include "stdio_plan.h"
#include "workload.h"

struct workload workload;

static int oom_score_set(const char *score)
{
	_cleanup_fd_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, score, strlen(score)) < 0)
		return -errno;
	return 0;
}

/* Where the child failed; sent through a pipe that a successful exec closes. */
enum step {
	STEP_EXEC,
	STEP_CGROUP,
	STEP_OOM,
	STEP_SESSION,
	STEP_STDIO,
	STEP_WORKDIR,
	STEP_IDENTITY
};

struct failure {
	enum step step;
	int error;
};

/* All that the child needs, made before fork(2). */
struct launch {
	struct exec_plan plan;
	struct stdio_plan stdio;
	struct identity identity;
	mode_t umask;
	bool terminal;
};

static int step_cgroup(const struct launch *l)
{
	(void)l;
	return cgroup_enter();
}

/* init has taken itself out of the out-of-memory killer's reach; the workload is not to inherit
 * that. */
static int step_oom(const struct launch *l)
{
	(void)l;
	return oom_score_set("0");
}

static int step_session(const struct launch *l)
{
	if (setsid() < 0)
		return -errno;
	if (l->terminal && ioctl(l->stdio.child[STREAM_STDIN], TIOCSCTTY, 1) < 0)
		return -errno;
	return 0;
}

static int step_stdio(const struct launch *l)
{
	/* The three are above 2: stdio_plan_make() sees to it, so that no dup2 overwrites one still
	 * needed. */
	for (int i = 0; i < STREAM_COUNT; i++)
		if (dup2(l->stdio.child[i], i) < 0)
			return -errno;
	return 0;
}

static int step_workdir(const struct launch *l)
{
	_cleanup_fd_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int dir = -1;

	dir = beneath_open(root, l->plan.workdir, O_PATH | O_DIRECTORY, 0);
	if (dir == -ENOENT)
		dir = beneath_mkdirs(root, l->plan.workdir, 0755);
	if (dir < 0)
		return dir;
	return fchdir(dir) < 0 ? -errno : 0;
}

static int step_identity(const struct launch *l)
{
	const struct identity *id = &l->identity;

	umask(l->umask);
	if (setgroups(id->group_count, id->groups) < 0 ||
	    setresgid(id->gid, id->gid, id->gid) < 0 || setresuid(id->uid, id->uid, id->uid) < 0)
		return -errno;
	return 0;
}

/* What init changed for itself must not be inherited. */
static void reset_signals(void)
{
	/* SIG_DFL as the kernel lays it out: the C library keeps 32 to 34 to itself. */
	static const unsigned long by_default[8];
	sigset_t none;

	for (int i = 1; i <= 64; i++)
		syscall(SYS_rt_sigaction, i, by_default, NULL, 8);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void __attribute__((noreturn)) child(const struct launch *l, int failure_fd)
{
	static int (*const steps[])(const struct launch *) = {
	    [STEP_CGROUP] = step_cgroup,   [STEP_OOM] = step_oom,
	    [STEP_SESSION] = step_session, [STEP_STDIO] = step_stdio,
	    [STEP_WORKDIR] = step_workdir, [STEP_IDENTITY] = step_identity,
	};
	struct failure failure = {0};

	reset_signals();
	for (failure.step = STEP_CGROUP; failure.step <= STEP_IDENTITY; failure.step++) {
		failure.error = -steps[failure.step](l);
		if (failure.error)
			break;
	}
	if (!failure.error) {
		failure.step = STEP_EXEC;
		failure.error = -exec_plan_run(&l->plan);
	}
	while (write(failure_fd, &failure, sizeof(failure)) < 0 && errno == EINTR)
		;
	_exit(STATUS_INIT_FAILED);
}

/* The program cannot be executed: that is the workload's own end, with a shell's status. */
static void note_exec_failure(const struct launch *l, int error)
{
	const char *program = l->plan.argv[0];
	const char *why = strerror(error);

	workload.status = STATUS_NOT_EXECUTABLE;
	if (error == ENOENT) {
		workload.status = STATUS_NOT_FOUND;
		why = strchr(program, '/') ? "no such file" : "not found in PATH";
	} else if (error == ELIBACC) {
		workload.status = STATUS_NOT_FOUND;
		why = "its interpreter or dynamic loader is missing";
	} else if (error == EACCES) {
		why = "not executable";
	} else if (error == ENOEXEC) {
		why = "not a program of this machine, nor a script with '#!'";
	}
	snprintf(workload.error, sizeof(workload.error), "cannot execute '%.255s': %s", program,
	         why);
}

static int explain_failure(struct guest *g, const struct launch *l, const struct failure *f)
{
	switch (f->step) {
	case STEP_EXEC:
		note_exec_failure(l, f->error);
		return 0;
	case STEP_WORKDIR:
		return guest_error(g, f->error, "cannot enter the working directory '%s'",
		                   l->plan.workdir);
	case STEP_IDENTITY:
		return guest_error(g, f->error, "cannot become user %u, group %u", l->identity.uid,
		                   l->identity.gid);
	case STEP_STDIO:
		return guest_error(g, f->error, "cannot set up standard streams");
	case STEP_CGROUP:
		return guest_error(g, f->error, "cannot enter the workload's control group");
	case STEP_OOM:
		return guest_error(g, f->error, "cannot set the workload's oom_score_adj");
	case STEP_SESSION:
		break;
	}
	return guest_error(g, f->error, "cannot make the console the controlling terminal");
}

static int start(struct guest *g, const struct launch *l)
{
	_cleanup_fd_ int from_child = -1, to_parent = -1;
	struct failure failure;
	int ends[2];
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return guest_error(g, errno, "cannot make a pipe");
	from_child = ends[0];
	to_parent = ends[1];
	workload.pid = fork();
	if (workload.pid < 0)
		return guest_error(g, errno, "cannot fork");
	if (workload.pid == 0)
		child(l, to_parent);
	close(steal_fd(&to_parent));
	do
		n = read(from_child, &failure, sizeof(failure));
	while (n < 0 && errno == EINTR);
	workload.started_us = clock_us();
	if (n != sizeof(failure))
		return 0; /* closed by the exec */
	waitpid(workload.pid, NULL, 0);
	workload.pid = 0;
	return explain_failure(g, l, &failure);
}

static int prepare(struct guest *g, struct launch *l)
{
	const struct user *user = g->config.user;
	int r = identity_resolve(g, &l->identity);

	if (r < 0)
		return r;
	l->umask = user && user->umask.set ? (mode_t)user->umask.value : 022;
	l->terminal = g->config.terminal;
	r = exec_plan_make(&l->plan, &g->config, l->identity.home);
	if (r < 0)
		return guest_error(g, -r, "cannot make the command line");
	return stdio_plan_make(g, &l->stdio, &l->identity);
}

int phase_workload(struct guest *g)
{
	struct launch l = {0};
	int r;

	/* Became PID 1 of a mode that this init does not have: say so rather than run it as a
	 * child. */
	if (g->config.init_mode == INIT_MODE_SYSTEMD)
		return guest_error(g, 0,
		                   "init mode 'systemd' is not supported by this version of init");
	r = prepare(g, &l);
	if (r == 0) {
		cgroup_prepare();
		if (oom_score_set("-1000") < 0)
			log_debug("cannot set init's oom_score_adj: %m");
		r = start(g, &l);
	}
	stdio_plan_release(&l.stdio);
	exec_plan_release(&l.plan);
	identity_release(&l.identity);
	return r;
}
