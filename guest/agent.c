/* SPDX-License-Identifier: MIT */
/* The guest agent: a program of the platform's that runs beside the workload. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "beneath.h"
#include "carried_file.h"
#include "cleanup.h"
#include "console.h"
#include "report.h"
#include "exec_plan.h"
#include "guest.h"
#include "launch.h"
#include "log.h"
#include "own_proc.h"
#include "runtime_file.h"
#include "steps.h"
#include "systemd_env.h"

#define CARRIED      "/vmconfig/agent"     /* in the initrd */
#define DEFAULT_PATH "/opt/vmconfig/agent" /* in the root */
#define UNIT         "vmconfig-agent.service"
#define UNITS        "/run/systemd/system"

/* Nothing of the workload's: its secrets may be in there. */
static char path_variable[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
static char home_variable[] = "HOME=/root";

/* Whether the initrd has one; it is gone once the roots are switched. */
static bool installed;

static pid_t agent_pid; /* 0: none is running */

static const char *agent_path(const struct guest *g)
{
	return g->config.agent ? g->config.agent->path : DEFAULT_PATH;
}

/* The config's, which the image may have, or the initrd's. */
static bool is_wanted(const struct guest *g)
{
	return !g->config.skip_guest_agent && (g->config.agent || installed);
}

/* It runs in init's root, which is the workload's only when the guest has none of its own. */
static int put(struct guest *g, const struct carried_file *carried)
{
	const struct beneath_file file = {
	    .data = carried->data, .length = carried->size, .mode = 0755, .owned = true};
	int root_fd = g->config.guest_root ? g->own_root_fd : g->root_fd;
	const char *name;
	_cleanup_fd_ int dir_fd = beneath_parent(root_fd, agent_path(g), &name);
	int r = dir_fd < 0 ? dir_fd : beneath_place(dir_fd, name, &file);

	installed = r == 0;
	return r < 0 ? guest_error(g, -r, "cannot put the guest agent at '%s'", agent_path(g)) : 0;
}

int agent_install(struct guest *g)
{
	struct carried_file carried;
	int r;

	if (g->config.skip_guest_agent)
		return 0;
	r = carried_file_open(&carried, CARRIED);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return guest_error(g, -r, "cannot read the initrd's '%s'", CARRIED);
	r = put(g, &carried);
	carried_file_close(&carried);
	return r;
}

/* --- started by init ----------------------------------------------------------------------------
 */

static int apply_stdio(const struct step *s)
{
	_cleanup_fd_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)s;
	return null < 0 ? -errno : console_session(null);
}

/* init itself is out of the out-of-memory killer's reach. */
static int apply_oom_score(const struct step *s)
{
	_cleanup_fd_ int fd = own_proc_open("self/oom_score_adj", O_WRONLY);

	(void)s;
	if (fd < 0)
		return fd;
	return write(fd, "0", 1) < 0 ? -errno : 0;
}

static int run(struct guest *g, const struct exec_plan *exec)
{
	const struct step oom = {.apply = apply_oom_score}, stdio = {.apply = apply_stdio};
	struct steps steps = {0};
	struct launch l = {.gate = -1, .closed = -1};
	int r = steps_add(&steps, &oom, "set its oom_score_adj");

	if (r == 0)
		r = steps_add(&steps, &stdio, "set up its standard streams");
	if (r == 0)
		r = launch_fork(&l, &steps, exec, fork);
	if (r < 0)
		guest_error(g, -r, "cannot start the guest agent '%s'", exec->argv[0]);
	else if ((agent_pid = launch_go(&l)) == 0)
		r = guest_error(g, l.error ? l.error : ECHILD, "cannot start the guest agent '%s'",
		                exec->argv[0]);
	launch_release(&l);
	steps_release(&steps);
	return r;
}

int agent_start(struct guest *g)
{
	const struct strlist none = {0}, *args = g->config.agent ? &g->config.agent->args : &none;
	char *envp[] = {path_variable, home_variable, NULL};
	_cleanup_free_ char **argv = NULL;
	_cleanup_free_ char *path = NULL;
	char *paths[2] = {NULL, NULL};
	struct exec_plan exec = {.envp = envp, .paths = paths};

	if (!is_wanted(g))
		return 0;
	path = strdup(agent_path(g));
	argv = calloc(args->count + 2, sizeof(*argv));
	if (!path || !argv)
		return guest_error(g, ENOMEM, "cannot start the guest agent");
	argv[0] = paths[0] = path;
	for (size_t i = 0; i < args->count; i++)
		argv[i + 1] = args->items[i];
	exec.argv = argv;
	log_debug("guest agent: %s", path);
	return run(g, &exec);
}

bool agent_has_failed(pid_t pid, int status, struct report_message *m)
{
	if (pid != agent_pid)
		return false;
	agent_pid = 0;
	if (status == 0) {
		log_debug("the guest agent has done its work");
		return false;
	}
	*m = (struct report_message){.event = REPORT_NOTICE, .name = "supervise"};
	snprintf(m->error, sizeof(m->error), "the guest agent %s %d: it is not started again",
	         WIFSIGNALED(status) ? "was killed by signal" : "has ended with status",
	         WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return true;
}

/* --- started by systemd -------------------------------------------------------------------------
 */

static void put_word(struct runtime_file *f, const char *word)
{
	runtime_file_put(f, " \"");
	systemd_env_put_value(f, word);
	runtime_file_put(f, "\"");
}

static int write_unit(const struct guest *g, int run_fd)
{
	struct runtime_file f;

	runtime_file_begin(&f);
	runtime_file_put(&f, "# Written by init at each boot.\n"
	                     "[Unit]\nDescription=Guest agent\n\n[Service]\n"
	                     /* Arguments as they are: "$" begins no variable. */
	                     "ExecStart=:");
	/* The program's own name takes no quotes before systemd 248. */
	systemd_env_put_value(&f, agent_path(g));
	for (size_t i = 0; g->config.agent && i < g->config.agent->args.count; i++)
		put_word(&f, g->config.agent->args.items[i]);
	runtime_file_put(&f, "\nRestart=on-failure\n");
	return runtime_file_end(&f, run_fd, UNITS "/" UNIT, 0644);
}

/* As [Install] WantedBy=multi-user.target would. */
static int want_unit(int run_fd)
{
	_cleanup_fd_ int wants = beneath_mkdirs(run_fd, UNITS "/multi-user.target.wants", 0755);

	if (wants < 0)
		return wants;
	return symlinkat("../" UNIT, wants, UNIT) < 0 && errno != EEXIST ? -errno : 0;
}

int agent_hand_over(struct guest *g, int run_fd, bool is_systemd)
{
	int r;

	if (!is_wanted(g))
		return 0;
	if (!is_systemd) {
		guest_notice(g,
		             "the guest agent '%s' is not started: the image's init is not "
		             "systemd",
		             agent_path(g));
		return 0;
	}
	r = write_unit(g, run_fd);
	if (r == 0)
		r = want_unit(run_fd);
	return r < 0 ? guest_error(g, -r, "cannot write the guest agent's unit") : 0;
}
