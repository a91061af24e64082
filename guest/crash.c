/* SPDX-License-Identifier: MIT */
/* Faults in init itself. What the handler calls needs no heap, whose lock the fault may have left.
 */
#include "crash.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "cleanup.h"
#include "clock.h"
#include "container.h"
#include "contract.h"
#include "delegate.h"
#include "guest.h"
#include "report.h"
#include "shutdown.h"
#include "signal_set.h"
#include "signals.h"
#include "supervise.h"
#include "sysrq.h"

#define KILLED_US 5000000

static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};

static struct account nobody = {.port = -1};
static struct account *reporter = &nobody;
static struct guest *guest;
static const char *current_phase = "start";

void crash_of(struct guest *g, struct account *account)
{
	guest = g;
	reporter = account;
}

void crash_phase(const char *name)
{
	current_phase = name;
}

/* In a child, where what the fault has left may fault again. The descriptors are its parent's. */
static int run_shutdown(void *data)
{
	struct guest *g = data;

	g->root_fd = g->own_root_fd = g->own_ns = g->container_ns = -1;
	g->pins.count = 0;
	shutdown_filesystems(g);
	return 0;
}

static bool is_needed(int fd)
{
	if (fd == reporter->port || fd == guest->own_ns || fd == guest->container_ns)
		return true;
	for (size_t i = 0; i < guest->pins.count; i++)
		if (guest->pins.items[i] == fd)
			return true;
	return false;
}

/* Whatever was open where the fault came; nobody will come back to close it. */
static void close_files(void)
{
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
		if (!is_needed(fd))
			close(fd);
	guest->root_fd = guest->own_root_fd = -1;
}

static void shut_down(void)
{
	/* It has limits of its own. */
	static const struct patience patience = {60000000, 4, NULL};
	const struct delegate_work work = {
	    .run = run_shutdown, .data = guest, .give_fd = -1, .patience = &patience};

	if (!guest)
		return;
	close_files();
	if (container_enter(guest) == 0) {
		delegate(&work);
		close(steal_fd(&guest->container_ns));
	}
	container_leave(guest); /* whichever of the two the fault came in */
	delegate(&work);
	shutdown_pins(guest);
}

static void report(int number)
{
	static struct report_message m = {.event = REPORT_FAILED, .code = STATUS_INIT_FAILED};
	char name[16];

	signal_format(number, name, sizeof(name));
	snprintf(m.name, sizeof(m.name), "%s", current_phase);
	snprintf(m.error, sizeof(m.error), "init itself has crashed: %s", name);
	snprintf(m.failure, sizeof(m.failure), "crash");
	/* In the middle of a line, perhaps. */
	if (reporter->port >= 0)
		(void)!write(reporter->port, "\n", 1);
	account_send(reporter, &m);
	supervise_farewell(reporter);
}

/* Those that have been killed let go of their files as they end, some time later: in the middle of
 * a shutdown that may be the last of a filesystem. */
static void wait_for_all(void)
{
	int64_t deadline = clock_us() + KILLED_US;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);
		int left = clock_left_ms(deadline);
		const struct timespec wait = {left / 1000, left % 1000 * 1000000L};

		if (pid < 0 || !left)
			return;
		if (pid == 0)
			sigtimedwait(&child, NULL, &wait);
	}
}

/* Of the kernel, or of abort(3). What others have sent must not be able to end us; that they have
 * another PID than their own the kernel lets nobody say. */
static bool is_our_own(int number, const siginfo_t *info)
{
	return info->si_code > 0 ||
	       (number == SIGABRT && info->si_code == SI_TKILL && info->si_pid == getpid());
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (!is_our_own(number, info))
		return;
	/* A child of init's ends by it, as soon as it has returned to where the fault is. */
	if (getpid() != 1) {
		signal(number, SIG_DFL);
		return;
	}
	kill(-1, SIGKILL);
	wait_for_all();
	shut_down();
	force_readonly();
	report(number);
	shutdown_machine(guest ? guest->cmdline.end : MACHINE_POWER_OFF);
}

void crash_guard(void)
{
	/* A frame alone takes up to 12 KiB, where the processor has wide registers
	 * (AT_MINSIGSTKSZ), and a report as much; what is not used takes no memory. */
	static char stack[65536];
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_ONSTACK | SA_SIGINFO};
	sigset_t set, all;

	sigaltstack(&alternate, NULL);
	/* One at a time: signals sent on purpose must not stack up frames until there is no room.
	 */
	sigfillset(&action.sa_mask);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		sigaction(faults[i], &action, NULL);
		sigaddset(&set, faults[i]);
	}
	/* With the first handler musl lets 33 and 34 go, which are to wait for supervise(). */
	signal_set_all(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	/* A fault that is blocked kills at once, without the handler. */
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
