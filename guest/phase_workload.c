/* SPDX-License-Identifier: MIT */
/* Start the workload as a child of init. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent.h"
#include "beneath.h"
#include "cgroup.h"
#include "cleanup.h"
#include "clock.h"
#include "confine.h"
#include "console.h"
#include "container.h"
#include "contract.h"
#include "exec_plan.h"
#include "guest.h"
#include "hooks.h"
#include "identity.h"
#include "launch.h"
#include "log.h"
#include "own_proc.h"
#include "process_attributes.h"
#include "rcu.h"
#include "stdio_plan.h"
#include "steps.h"
#include "stop_request.h"
#include "workload.h"

/* Zeroes would be the console: a workload that is not even planned has no terminal. */
struct workload workload = {.terminal = {.master = -1, .slave = -1, .console = -1}};

/* All that the child needs, made before fork(2). */
struct preparation {
	struct exec_plan exec;
	struct stdio_plan stdio;
	struct identity identity;
	struct confinement confinement;
	struct steps steps;
};

static int apply_cgroup(const struct step *s)
{
	(void)s;
	return cgroup_enter();
}

static int apply_session(const struct step *s)
{
	const struct stdio_plan *stdio = s->object;

	if (setsid() < 0)
		return -errno;
	if (s->values[0] && ioctl(stdio->child[STREAM_STDIN], TIOCSCTTY, 1) < 0)
		return -errno;
	return 0;
}

static int apply_stdio(const struct step *s)
{
	const struct stdio_plan *stdio = s->object;

	/* The three are above 2: stdio_plan_make() sees to it, so that no dup2 overwrites one still
	 * needed. */
	for (int i = 0; i < STREAM_COUNT; i++)
		if (dup2(stdio->child[i], i) < 0)
			return -errno;
	return 0;
}

static int apply_workdir(const struct step *s)
{
	_cleanup_fd_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int dir = -1;

	dir = beneath_open(root, s->object, O_PATH | O_DIRECTORY, 0);
	if (dir == -ENOENT)
		dir = beneath_mkdirs(root, s->object, 0755);
	if (dir < 0)
		return dir;
	return fchdir(dir) < 0 ? -errno : 0;
}

/* What comes before identity and confinement. */
static int plan_surroundings(struct guest *g, struct preparation *p)
{
	const struct step cgroup = {.apply = apply_cgroup};
	const struct step session = {
	    .apply = apply_session, .object = &p->stdio, .values = {g->config.terminal}};
	const struct step stdio = {.apply = apply_stdio, .object = &p->stdio};
	const struct step workdir = {.apply = apply_workdir, .object = p->exec.workdir};
	int r = container_plan(g, &p->steps);

	if (r == 0)
		r = steps_add(&p->steps, &cgroup, "enter the workload's control group");
	if (r == 0)
		r = steps_add(&p->steps, &session, "make the terminal the controlling one");
	if (r == 0)
		r = steps_add(&p->steps, &stdio, "set up standard streams");
	if (r == 0)
		r = steps_add(&p->steps, &workdir, "enter the working directory '%s'",
		              p->exec.workdir);
	return r < 0 ? guest_error(g, -r, "cannot plan the workload's start") : 0;
}

/* The program cannot be executed: that is the workload's own end, with a shell's status. */
static void note_exec_failure(const struct exec_plan *exec, int error)
{
	const char *program = exec->argv[0];
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
	} else if (error == STOP_ASKED) {
		why = "a stop has been asked for";
	} else if (error == ENOEXEC) {
		why = "not a program of this machine, nor a script with '#!'";
	}
	snprintf(workload.error, sizeof(workload.error), "cannot execute '%.255s': %s", program,
	         why);
}

static int explain_failure(struct guest *g, const struct preparation *p, const struct launch *l)
{
	const char *what;

	if (l->step == p->steps.count) {
		note_exec_failure(&p->exec, l->error);
		return 0;
	}
	what = p->steps.items[l->step].what;
	if (l->error)
		return guest_error(g, l->error, "cannot %s", what);
	return guest_error(g, 0, "cannot %s: killed by signal %d", what, l->signal);
}

static int start(struct guest *g, const struct preparation *p)
{
	struct launch l;
	int r = launch_fork(&l, &p->steps, &p->exec, cgroup_fork);

	if (r < 0)
		r = guest_error(g, -r, "cannot start a process");
	else
		r = hooks_run(g, l.pid);
	if (r == 0) {
		rcu_calm();
		workload.pid = launch_go(&l);
		workload.started_us = clock_us();
		r = workload.pid ? 0 : explain_failure(g, p, &l);
	}
	launch_release(&l);
	return r;
}

static int prepare(struct guest *g, struct preparation *p)
{
	int r = identity_resolve(g, &p->identity);

	if (r < 0)
		return r;
	r = exec_plan_make(&p->exec, &g->config, p->identity.home);
	if (r < 0)
		return guest_error(g, -r, "cannot make the command line");
	r = stdio_plan_make(g, &p->stdio, &p->identity);
	if (r == 0)
		r = attributes_oom_score(g, &p->steps);
	if (r == 0)
		r = plan_surroundings(g, p);
	if (r == 0) {
		p->confinement.own = capabilities_own();
		r = confine_plan(g, &p->confinement, &p->identity, &p->steps);
	}
	for (size_t i = 0; r == 0 && i < p->steps.count; i++)
		log_debug("workload: %s", p->steps.items[i].what);
	return r;
}

static void release(struct preparation *p)
{
	steps_release(&p->steps);
	confine_release(&p->confinement);
	stdio_plan_release(&p->stdio);
	exec_plan_release(&p->exec);
	identity_release(&p->identity);
}

/* Out of the out-of-memory killer's reach: without init the kernel panics. */
static void protect_init(void)
{
	static const char score[] = "-1000";
	_cleanup_fd_ int fd = own_proc_open("self/oom_score_adj", O_WRONLY);

	if (fd < 0 || write(fd, score, strlen(score)) < 0)
		log_debug("cannot set init's oom_score_adj: %m");
}

int phase_workload(struct guest *g)
{
	struct preparation p = {0};
	int r;

	/* The image's own init is executed in the place of this one. */
	if (g->config.init_mode == INIT_MODE_SYSTEMD)
		return 0;
	r = prepare(g, &p);
	if (r == 0) {
		cgroup_prepare();
		protect_init();
		console_unblock();
		r = agent_start(g);
	}
	if (r == 0)
		r = start(g, &p);
	if (r < 0)
		terminal_close(&workload.terminal); /* or the console would stay raw */
	release(&p);
	return r;
}
