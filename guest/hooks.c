/* SPDX-License-Identifier: MIT */
/* The config's start_container hooks. */
#include "hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "clock.h"
#include "console.h"
#include "container.h"
#include "exec_plan.h"
#include "guest.h"
#include "hook_exec.h"
#include "hook_state.h"
#include "launch.h"
#include "log.h"
#include "process_attributes.h"
#include "steps.h"
#include "stop_request.h"

#define SECOND_US INT64_C(1000000)
#define KILLED_US (5 * SECOND_US) /* SIGKILL to leaving it to itself */

/* One hook, made ready. */
struct hook_run {
	const struct hook *hook;
	struct exec_plan exec; /* its parts are these: */
	char **argv, **envp;
	char *paths[2];
	struct steps steps;
	int state; /* its standard input */
};

static int apply_stdio(const struct step *s)
{
	/* What it starts can be killed with it, and no terminal is its own. */
	return console_session((int)s->values[0]);
}

/* The machine is the container: its host name is the id, "/" the bundle. */
static int make_state(const struct guest *g, pid_t pid)
{
	const char *hostname = g->config.hostname;
	const struct hook_state state = {.id = hostname && *hostname ? hostname : "vmconfig",
	                                 .status = "created",
	                                 .pid = pid,
	                                 .bundle = "/",
	                                 .annotations = &g->config.annotations};
	_cleanup_free_ char *text = hook_state_text(&state);

	return text ? hook_state_open(text) : -ENOMEM;
}

static int make_ready(struct guest *g, struct hook_run *run, pid_t pid)
{
	struct step stdio = {.apply = apply_stdio};
	int r;

	run->argv = hook_vector(&run->hook->args, run->hook->path);
	run->envp = hook_vector(&run->hook->env, NULL);
	if (!run->argv || !run->envp)
		return guest_error(g, ENOMEM, "cannot run hook '%s'", run->hook->path);
	run->paths[0] = run->hook->path;
	run->exec = (struct exec_plan){.argv = run->argv, .envp = run->envp, .paths = run->paths};
	run->state = make_state(g, pid);
	if (run->state < 0)
		return guest_error(g, -run->state, "cannot make the state for hook '%s'",
		                   run->hook->path);
	stdio.values[0] = (uint64_t)run->state;
	r = attributes_oom_score(g, &run->steps);
	if (r == 0 && container_plan(g, &run->steps) < 0)
		r = guest_error(g, ENOMEM, "cannot run hook '%s'", run->hook->path);
	if (r == 0 && steps_add(&run->steps, &stdio, "set up its standard streams") < 0)
		r = guest_error(g, ENOMEM, "cannot run hook '%s'", run->hook->path);
	return r;
}

static void release(struct hook_run *run)
{
	free(run->argv);
	free(run->envp);
	steps_release(&run->steps);
	if (run->state >= 0)
		close(run->state);
}

static void send_signal(pid_t pid, int number)
{
	kill(-pid, number); /* the group that it leads */
	kill(pid, number);
}

/*
 * Wait for the hook's end, and see to it: at its limit, and when the machine is to stop. One that
 * not even SIGKILL ends is left to itself.
 *
 * Return: 1 when it has ended by itself; 0 at the limit; -STOP_ASKED
 */
static int wait_for_end(const struct guest *g, pid_t pid, int64_t limit_s, int *status)
{
	_cleanup_fd_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	int error = errno;
	int r = fd < 0 ? -error : stop_wait(fd, clock_us() + limit_s * SECOND_US);
	bool ended = r != 0 && r != -STOP_ASKED;

	/* Without it there would be no limit. The boot fails, and what it leaves is reaped. */
	if (fd < 0) {
		send_signal(pid, SIGKILL);
		return r;
	}

	if (r == -STOP_ASKED) {
		log_debug("stopping the hook");
		send_signal(pid, SIGTERM);
		send_signal(pid, SIGCONT);
		ended = boot_watch_wait(fd, clock_us() + stop_limit_us(&g->config)) > 0;
	}
	if (!ended) {
		send_signal(pid, SIGKILL);
		ended = boot_watch_wait(fd, clock_us() + KILLED_US) > 0;
	}
	while (ended && waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return r < 0 && r != -STOP_ASKED ? 1 : r;
}

static int take_end(struct guest *g, const struct hook *hook, pid_t pid)
{
	int64_t limit_s = hook->timeout.set ? hook->timeout.value : HOOK_LIMIT_S;
	int status = 0, r = wait_for_end(g, pid, limit_s, &status);

	if (r < 0)
		return guest_error(g, -r, "hook '%s' has been ended", hook->path);
	if (r == 0)
		return guest_error(g, 0, "hook '%s' was killed: it had not ended after %lld s",
		                   hook->path, (long long)limit_s);
	if (WIFSIGNALED(status))
		return guest_error(g, 0, "hook '%s' was killed by signal %d", hook->path,
		                   WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return guest_error(g, 0, "hook '%s' failed with status %d", hook->path,
		                   WEXITSTATUS(status));
	return 0;
}

static int explain(struct guest *g, const struct hook_run *run, const struct launch *l)
{
	const char *path = run->hook->path;

	if (l->step < run->steps.count)
		return guest_error(g, l->error, "cannot run hook '%s': cannot %s", path,
		                   run->steps.items[l->step].what);
	if (l->error == ELIBACC)
		return guest_error(
		    g, 0, "cannot run hook '%s': its interpreter or dynamic loader is missing",
		    path);
	return guest_error(g, l->error, "cannot run hook '%s'", path);
}

static int run_one(struct guest *g, struct hook_run *run)
{
	struct launch l;
	pid_t pid = 0;
	int r = launch_fork(&l, &run->steps, &run->exec, fork);

	if (r < 0)
		r = guest_error(g, -r, "cannot run hook '%s'", run->hook->path);
	else if ((pid = launch_go(&l)) == 0)
		r = explain(g, run, &l);
	launch_release(&l);
	return pid ? take_end(g, run->hook, pid) : r;
}

int hooks_run(struct guest *g, pid_t pid)
{
	const struct hooks *hooks = g->config.hooks;
	int r = 0;

	for (size_t i = 0; r == 0 && hooks && i < hooks->start_container.count; i++) {
		struct hook_run run = {.hook = &hooks->start_container.items[i], .state = -1};

		log_debug("hook: %s", run.hook->path);
		if (stop_is_asked())
			return guest_error(g, STOP_ASKED, "hook '%s' does not run", run.hook->path);
		r = make_ready(g, &run, pid);
		if (r == 0)
			r = run_one(g, &run);
		release(&run);
	}
	return r;
}
