/* SPDX-License-Identifier: MIT */
/*
 * init: PID 1 of a virtual machine made from an OCI image.
 *
 * Theory of operation
 * -------------------
 * The kernel unpacks the initrd and starts this program from it. The phases
 * below run in order; each finds done what those above it do.
 *
 *   early mounts   /proc, /sys, /dev and what belongs below them
 *   command line   our words on the kernel's command line; from here on the log level is right
 *   modules        the drivers that the initrd carries: disks, NICs and ports exist afterwards
 *   config disk    found, read, checked, unmounted and unbound; g->config is good from here on
 *   clock          the time of day, and the kernel's random numbers
 *   guest root     a root of the guest's own at NEWROOT, if the config has one
 *   root           the workload's root filesystem at NEWROOT, or inside that which is there; with
 *                  /proc, /sys, /dev and /run bound in
 *   machine        host name, and the files in /etc that say who we are
 *   network        links, addresses, routes
 *   sysctl         kernel parameters, those of the interfaces among them
 *   volumes        mounted into the workload's root
 *   mounts         the config's, with its device nodes, files and masked paths
 *   agent          what else the initrd carries: a guest agent, and the kernel's headers
 *   handover       with init_mode systemd: what the image's own init finds when it is PID 1
 *   switch root    NEWROOT becomes "/"
 *   workload       a child that becomes the image's program; not with init_mode systemd
 *
 * Then the initramfs is emptied, and supervise() reaps, relays and forwards
 * until nobody else is left, the filesystems are taken apart, and the last word
 * goes to the host before the power goes off.
 *
 * With init_mode systemd this process executes the image's init instead
 * (handover_run()), beside which a child keeps the report channel (keeper.c).
 * When that init has ended it executes this program again, by the name of
 * "shutdown", and PID 1 speaks last here too (last_stage.c).
 *
 * A phase that is REQUIRED and fails ends the boot: no workload is started on
 * half a machine. It is reported by name with its reason, and the machine is
 * powered off. PID 1 never returns: the kernel would panic. And one that does
 * not come back, of a disk that does not answer, is ended in the same way by a
 * child that has watched (boot_watch.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "boot_watch.h"
#include "clock.h"
#include "console.h"
#include "contract.h"
#include "crash.h"
#include "errno_name.h"
#include "guest.h"
#include "handover.h"
#include "initramfs.h"
#include "last_stage.h"
#include "list.h"
#include "log.h"
#include "power_button.h"
#include "rcu.h"
#include "shutdown.h"
#include "signal_set.h"
#include "stop_request.h"
#include "supervise.h"
#include "sysrq.h"
#include "vsock.h"
#include "workload.h"

static const struct phase phases[] = {
    {"early mounts", phase_early_mounts, PHASE_REQUIRED},
    {"command line", phase_cmdline, PHASE_REQUIRED},
    {"modules", phase_modules, PHASE_REQUIRED},
    {"config disk", phase_config, PHASE_REQUIRED},
    {"clock", phase_clock, PHASE_OPTIONAL},
    {"guest root", phase_guest_root, PHASE_REQUIRED},
    {"root", phase_root, PHASE_REQUIRED},
    {"machine", phase_machine, PHASE_REQUIRED},
    {"network", phase_network, PHASE_REQUIRED},
    {"sysctl", phase_sysctl, PHASE_REQUIRED},
    {"volumes", phase_volumes, PHASE_REQUIRED},
    {"mounts", phase_mounts, PHASE_REQUIRED},
    {"agent", phase_carried, PHASE_REQUIRED},
    {"handover", phase_handover, PHASE_REQUIRED},
    {"switch root", phase_switch_root, PHASE_REQUIRED},
    {"workload", phase_workload, PHASE_REQUIRED},
};

#define PHASE_COUNT (sizeof(phases) / sizeof(*phases))

/* Events of the phases before the port exists; sent when it does. */
struct timeline {
	int64_t us[PHASE_COUNT];
	int64_t at[PHASE_COUNT];
	size_t done;
	size_t sent;
};

static void send_timeline(struct account *a, struct timeline *t)
{
	if (a->port < 0)
		return;
	for (; t->sent < t->done; t->sent++) {
		struct report_message m = {
		    .event = REPORT_PHASE, .us = t->us[t->sent], .at_us = t->at[t->sent]};

		snprintf(m.name, sizeof(m.name), "%s", phases[t->sent].name);
		account_send(a, &m);
	}
}

static void send_notices(struct guest *g, struct account *a, const char *phase)
{
	for (size_t i = 0; i < g->notices.count; i++) {
		struct report_message m = {.event = REPORT_NOTICE};

		snprintf(m.name, sizeof(m.name), "%s", phase);
		snprintf(m.error, sizeof(m.error), "%s", g->notices.items[i]);
		account_send(a, &m);
	}
	strlist_release(&g->notices);
}

static int run_phase(struct guest *g, const struct phase *phase)
{
	int r;

	crash_phase(phase->name);
	r = phase->run(g);
	if (r >= 0)
		return 0;
	if (phase->policy == PHASE_OPTIONAL) {
		log_warning("%s: %s", phase->name, g->error);
		return 0;
	}
	snprintf(g->failed_phase, sizeof(g->failed_phase), "%s", phase->name);
	log_error("%s: %s", phase->name, g->error);
	return r;
}

/* Once the config is known, so is where to report. */
static int settle_account(struct guest *g, struct account *a)
{
	int r = account_settle(a, &g->config);
	struct vsock_place place;

	if (r == 0)
		return 0;
	if (r == -STOP_ASKED)
		guest_error(g, -r, "cannot wait for the report channel");
	else if (vsock_is_asked_for(g->config.report, &place))
		guest_error_as(
		    g, "port-missing", "cannot report by vsock, as the config asks for: %s",
		    r == -ENOENT ? "there is no such device, or no driver for it in the initrd"
		                 : strerror(-r));
	else
		guest_error_as(g, "port-missing",
		               "there is no port '%s', which the config asks for", PORT_REPORT);
	snprintf(g->failed_phase, sizeof(g->failed_phase), "report channel");
	return r;
}

static int run_all(struct guest *g, struct account *a)
{
	struct timeline t = {0};

	for (size_t i = 0; i < PHASE_COUNT; i++) {
		int64_t start = clock_us();
		int r;

		boot_watch_phase(phases[i].name, &g->cmdline);
		r = run_phase(g, &phases[i]);
		boot_watch_check(); /* nobody else is to report */
		t.at[i] = clock_us();
		t.us[i] = t.at[i] - start;
		t.done++;
		log_debug("%s: %lld us", phases[i].name, (long long)t.us[i]);
		if (r == 0 && phases[i].run == phase_config) {
			if (g->button_fd < 0 && g->config.init_mode != INIT_MODE_SYSTEMD)
				power_button_is_key();
			r = settle_account(g, a);
		}
		send_notices(g, a, phases[i].name);
		if (r < 0)
			return r;
		send_timeline(a, &t);
	}
	return 0;
}

static int run_phases(struct guest *g, struct account *a)
{
	int r = run_all(g, a);

	/* Signals that wait are nothing to another program, nor are the button and the host. */
	if (r == 0 && g->config.init_mode == INIT_MODE_SYSTEMD && stop_is_asked()) {
		r = guest_error(g, STOP_ASKED, "the image's init is not started");
		snprintf(g->failed_phase, sizeof(g->failed_phase), "handover");
		log_error("%s: %s", g->failed_phase, g->error);
	}
	rcu_calm(); /* where no workload has begun */
	return r;
}

/* A shell on the console, when asked for: the initrd's or the image's, whichever there is. */
static void rescue(void)
{
	pid_t pid;

	log_warning("rescue shell: the machine is powered off when it ends");
	pid = fork();
	if (pid == 0) {
		/* init's own may not block, which no shell expects. */
		int console = console_open(O_RDWR);

		signal_reset_all();
		setsid();
		for (int fd = STDIN_FILENO; console >= 0 && fd <= STDERR_FILENO; fd++)
			dup2(console, fd);
		execl("/bin/sh", "sh", "-i", (char *)NULL);
		/* Inside, where its libraries are. */
		if (chroot(NEWROOT) == 0 && chdir("/") == 0)
			execl("/bin/sh", "sh", "-i", (char *)NULL);
		log_error("there is no shell");
		_exit(STATUS_NOT_FOUND);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void report_failure(struct guest *g, struct account *a, struct report_message *m)
{
	*m = (struct report_message){.event = REPORT_FAILED, .code = STATUS_INIT_FAILED};
	snprintf(m->name, sizeof(m->name), "%s", g->failed_phase);
	snprintf(m->error, sizeof(m->error), "%s", g->error);
	snprintf(m->failure, sizeof(m->failure), "%.31s",
	         g->failure ? g->failure : g->failed_phase);
	for (char *c = m->failure; *c; c++)
		if (*c == ' ')
			*c = '-';
	if (g->error_number && g->error_number != STOP_ASKED)
		errno_name(g->error_number, m->error_name, sizeof(m->error_name));
	/* Without a config nobody has said where to report: a port, if one comes, is the place. */
	account_settle(a, &g->config);
	if (g->cmdline.rescue && g->error_number != STOP_ASKED)
		rescue();
}

/* Standard streams that are there, whatever the kernel could open: fds 0 to 2 must not become
 * something else. */
static void open_stdio(void)
{
	int fd;

	do
		fd = open("/dev/console", O_RDWR | O_NOCTTY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO) {
		close(fd);
		return;
	}
	do
		fd = open("/", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void begin(void)
{
	sigset_t all;

	/* Before anything else: what is sent to us from now on waits for supervise(). */
	signal_set_all(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGPIPE, SIG_IGN);
	open_stdio();
	umask(022);
	log_setup("init", STDERR_FILENO, LOG_LEVEL_INFO);
	crash_guard();
	sysrq_permit();
	/* Ctrl-Alt-Del becomes SIGINT to us. EINVAL in a namespace, which has no such key. */
	reboot(RB_DISABLE_CAD);
}

/* All phases are done. Returns when the machine is to be taken apart. */
static enum machine_end live(struct guest *g, struct account *a, bool stopping, char *argv0,
                             struct report_message *last)
{
	const struct vmconfig *cfg = &g->config;
	bool other_init = cfg->init_mode == INIT_MODE_SYSTEMD;

	initramfs_empty(g); /* before supervising, which allocates nothing */
	crash_phase(other_init ? "handover" : "supervise");
	/* The one line of a boot that goes well. */
	log_info("version %s %s '%s', %lld ms after the kernel's start", VMCONFIG_VERSION,
	         other_init ? "hands over to" : "has started",
	         cfg->entrypoint.count ? cfg->entrypoint.items[0] : cfg->cmd.items[0],
	         (long long)(clock_us() / 1000));
	if (!other_init)
		return supervise(g, a, stopping, last);
	handover_run(g, a, argv0);
	snprintf(g->failed_phase, sizeof(g->failed_phase), "handover");
	log_error("handover: %s", g->error);
	report_failure(g, a, last);
	return stop_request_end(g->cmdline.end);
}

/* As a phase it is in the timeline, which only a port is told. */
static void shut_down(struct guest *g, struct account *a)
{
	struct report_message m = {.event = REPORT_PHASE, .name = "shutdown"};
	int64_t start = clock_us();

	shutdown_filesystems(g);
	m.at_us = clock_us();
	m.us = m.at_us - start;
	if (a->port >= 0)
		account_send(a, &m);
}

int main(int argc, char **argv)
{
	enum machine_end end;
	struct guest g = GUEST_BLANK;
	struct report_message last;
	struct account *account;
	bool stopping;
	int r;

	if (getpid() != 1) {
		fprintf(
		    stderr,
		    "init: this is the init of a virtual machine, to be started by its kernel\n");
		return 2;
	}
	begin();
	if (last_stage_is_asked_for(argv[0]))
		last_stage(argc > 1 ? argv[1] : NULL);
	g.cmdline.stall_ms = STALL_MS;
	account = boot_watch_start();
	crash_of(&g, account);
	g.button_fd = power_button_open();
	stop_request_watch(account, g.button_fd);
	r = run_phases(&g, account);
	boot_watch_end();
	stopping = stop_request_leave();
	if (r == 0) {
		end = live(&g, account, stopping, argv[0], &last);
	} else {
		report_failure(&g, account, &last);
		end = stop_request_end(g.cmdline.end);
		end_the_rest(); /* an agent, what hooks have left: they may hold files open */
	}
	crash_phase("shutdown");
	shut_down(&g, account);
	account_send(account, &last);
	supervise_farewell(account);
	shutdown_machine(end);
}
