/* SPDX-License-Identifier: MIT */
/*
 * With init_mode systemd the image's own init becomes PID 1. Here, while the
 * root is still below NEWROOT and can be written, all is made ready for it:
 * whether it can be executed at all, what systemd and others read under /run,
 * and the program that is PID 1 again at the very end, in the place where
 * systemd looks for it (https://systemd.io/INITRD_INTERFACE).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"
#include "beneath.h"
#include "cleanup.h"
#include "crash.h"
#include "exec_plan.h"
#include "guest.h"
#include "handover.h"
#include "init_kind.h"
#include "keeper.h"
#include "list.h"
#include "log.h"
#include "machine_id.h"
#include "net_hands_off.h"
#include "power_button.h"
#include "preflight.h"
#include "runtime_file.h"
#include "signal_set.h"
#include "stop_request.h"
#include "systemd_env.h"
#include "vsock.h"

#define ENVIRONMENT_FILE "/run/systemd/system.conf.d/00-vmconfig.conf"
#define SYSCTL_FILE      "/run/sysctl.d/zzz-vmconfig.conf"

/* From the phase to the exec. */
static struct {
	struct exec_plan plan;
	const struct init_kind *kind;
} handover;

static int explain_preflight(struct guest *g, int r, const char *path, const char *missing)
{
	switch (r) {
	case -ENOENT:
		return guest_error(g, 0, "there is no '%s' in the root filesystem", path);
	case -EACCES:
		return guest_error(g, 0, "'%s' is not an executable file", path);
	case -ENOEXEC:
		return guest_error(g, 0, "'%s' is neither a program nor a script with '#!'", path);
	case -ELIBACC:
		return guest_error(g, 0, "'%s' needs '%s', which cannot be executed", path,
		                   missing);
	default:
		return guest_error(g, -r, "cannot look at '%s'", path);
	}
}

/* The same search as exec_plan_run() will make. */
static int find_init(struct guest *g)
{
	char real[PATH_MAX], missing[PATH_MAX] = "";
	const char *path = handover.plan.paths[0];
	int r = -ENOENT;

	for (size_t i = 0; r == -ENOENT && handover.plan.paths[i]; i++) {
		path = handover.plan.paths[i];
		r = preflight(g->root_fd, path, real, missing);
	}
	if (r < 0)
		return explain_preflight(
		    g, r, handover.plan.paths[1] ? handover.plan.argv[0] : path, missing);
	handover.kind = init_kind_of(real);
	log_debug("the init is '%s'", real);
	return 0;
}

/* Variables that init makes for itself, so that PID 1 is what the kernel would have started. */
static int complete_env(struct guest *g)
{
	char **envp = handover.plan.envp, **longer;
	size_t kept = 0;

	for (size_t i = 0; envp[i]; i++) {
		if (strncmp(envp[i], "container=", strlen("container=")) == 0)
			free(envp[i]);
		else
			envp[kept++] = envp[i];
	}
	envp[kept] = NULL;
	if (strmap_get(&g->config.env, "TERM"))
		return 0;
	longer = realloc(envp, (kept + 2) * sizeof(*envp));
	if (!longer)
		return -ENOMEM;
	handover.plan.envp = longer;
	longer[kept] = strdup("TERM=linux");
	longer[kept + 1] = NULL;
	return longer[kept] ? 0 : -ENOMEM;
}

/* Whoever may talk to systemd may read its environment: to hide the file would only seem to help.
 */
static int write_environment(struct guest *g, int run_fd)
{
	struct runtime_file f;
	int r;

	runtime_file_begin(&f);
	systemd_env_write(&f, &g->config.env);
	r = runtime_file_end(&f, run_fd, ENVIRONMENT_FILE, 0644);
	return r < 0 ? guest_error(g, -r, "cannot write '%s'", ENVIRONMENT_FILE) : 0;
}

/* systemd-sysctl(8) sets what the image's files say, after us: the last file counts. */
static int write_sysctl(struct guest *g, int run_fd)
{
	const struct strmap *parameters = &g->config.sysctl;
	struct runtime_file f;
	int r = 0;

	if (!parameters->count)
		return 0;
	runtime_file_begin(&f);
	for (size_t i = 0; r == 0 && i < parameters->count; i++) {
		const struct strpair *p = &parameters->items[i];

		if (strchr(p->name, '\n') || strchr(p->value, '\n'))
			r = guest_error(g, 0, "'%s' of sysctl has a line break: no file can say it",
			                p->name);
		runtime_file_put(&f, "%s = %s\n", p->name, p->value);
	}
	if (r < 0) {
		runtime_file_drop(&f);
		return r;
	}
	r = runtime_file_end(&f, run_fd, SYSCTL_FILE, 0644);
	return r < 0 ? guest_error(g, -r, "cannot write '%s'", SYSCTL_FILE) : 0;
}

/* This very program, for the initramfs goes. */
static int place_last_stage(struct guest *g, int run_fd)
{
	_cleanup_fd_ int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	_cleanup_fd_ int dir = beneath_mkdirs(run_fd, "/run/initramfs", 0700);
	_cleanup_fd_ int to =
	    beneath_open(run_fd, LAST_STAGE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0700);
	struct stat st;
	off_t done = 0;

	if (from < 0 || dir < 0 || to < 0 || fstat(from, &st) < 0)
		return guest_error(g, to < 0 ? -to : errno, "cannot write '%s'", LAST_STAGE);
	while (done < st.st_size)
		if (sendfile(to, from, &done, (size_t)(st.st_size - done)) <= 0)
			return guest_error(g, errno, "cannot write '%s'", LAST_STAGE);
	return 0;
}

static int place_note(struct guest *g, int run_fd)
{
	struct vsock_place place;
	int r;

	if (!vsock_is_asked_for(g->config.report, &place))
		return 0;
	r = vsock_note(run_fd, &place);
	return r < 0 ? guest_error(g, -r, "cannot note where to report") : 0;
}

static int write_files(struct guest *g)
{
	/* /run of the initramfs is what the root has bound in: nothing of the image leads
	 * elsewhere.
	 */
	_cleanup_fd_ int run_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = place_last_stage(g, run_fd);

	if (r == 0)
		r = place_note(g, run_fd);
	if (r == 0)
		r = agent_hand_over(g, run_fd, handover.kind->is_systemd);
	if (r < 0 || !handover.kind->is_systemd)
		return r;
	r = write_environment(g, run_fd);
	if (r == 0)
		r = write_sysctl(g, run_fd);
	if (r == 0)
		r = net_hands_off(g, run_fd);
	if (r < 0)
		return r;
	r = machine_id_provide(g->root_fd);
	if (r < 0)
		log_warning("cannot provide '/etc/machine-id': %s", strerror(-r));
	return 0;
}

int phase_handover(struct guest *g)
{
	int r;

	if (g->config.init_mode != INIT_MODE_SYSTEMD)
		return 0;
	/* "/" is the home that the kernel gives to its first program. */
	r = exec_plan_make(&handover.plan, &g->config, "/");
	if (r == 0)
		r = complete_env(g);
	if (r < 0)
		return guest_error(g, -r, "cannot make the command line");
	r = find_init(g);
	return r < 0 ? r : write_files(g);
}

/*
 * Return: only when it cannot be executed, -errno.
 *
 * What comes meanwhile waits for systemd, which takes its signals by signalfd(2) and has its own
 * mask from then on; to it each of those that stop us says what becomes of the machine as well. A
 * script would keep the mask, and give it to all that it starts: other inits find none, and what
 * comes before they take it the kernel drops, as it does after the exec.
 */
static int become(const struct exec_plan *plan, bool systemd)
{
	sigset_t waiting;
	int r;

	signal_reset_actions();
	sigemptyset(&waiting);
	if (systemd)
		stop_signals(&waiting);
	else
		reboot(RB_ENABLE_CAD); /* systemd makes it a signal first of all, as it is here */
	sigprocmask(SIG_SETMASK, &waiting, NULL);
	r = exec_plan_run(plan);
	crash_guard();
	signal(SIGPIPE, SIG_IGN);
	reboot(RB_DISABLE_CAD);
	return r;
}

int handover_run(struct guest *g, struct account *a, char *argv0)
{
	pid_t keeper = keeper_start(g, a, handover.kind, argv0);
	int r = 0;

	if (keeper < 0)
		return guest_error(g, -keeper, "cannot start the keeper of the report channel");
	/* The host asks the keeper by now; who asks by other means has had no answer yet. */
	if (stop_signal_waits() || power_button_pressed(g->button_fd))
		r = guest_error(g, STOP_ASKED, "the image's init is not started");
	else
		r = guest_error(g, -become(&handover.plan, handover.kind->is_systemd),
		                "cannot execute '%s'", handover.plan.argv[0]);
	kill(keeper, SIGKILL);
	while (waitpid(keeper, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}
