/* SPDX-License-Identifier: MIT */
/*
 * systemd, when all its units are down, changes into /run/initramfs and
 * executes "shutdown" there, with the old root at /oldroot; an init that is a
 * script may execute it as its own last act. Either way this is PID 1.
 */
#include "last_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "cleanup.h"
#include "clock.h"
#include "console.h"
#include "guest.h"
#include "keeper.h"
#include "log.h"
#include "contract.h"
#include "shutdown.h"
#include "supervise.h"

#define GRACE_US      2000000 /* SIGTERM to SIGKILL */
#define UNKILLABLE_US 5000000 /* SIGKILL to giving up */

/* The words of systemd-shutdown(8) are the names of the ends; any other means power-off. */
static enum machine_end end_of(const char *word)
{
	static const enum machine_end others[] = {MACHINE_REBOOT, MACHINE_HALT, MACHINE_KEXEC};

	for (size_t i = 0; word && i < sizeof(others) / sizeof(*others); i++)
		if (strcmp(machine_end_name(others[i]), word) == 0)
			return others[i];
	return MACHINE_POWER_OFF;
}

bool last_stage_is_asked_for(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	return argv0 && strcmp(slash ? slash + 1 : argv0, "shutdown") == 0;
}

/* Return: whether all children are gone before the deadline. */
static bool reap_until(int64_t deadline_us)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		int left = clock_left_ms(deadline_us);
		const struct timespec wait = {left / 1000, left % 1000 * 1000000L};
		pid_t pid;

		while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
			;
		if (pid < 0)
			return true;
		if (!left)
			return false;
		sigtimedwait(&child, NULL, &wait);
	}
}

void end_the_rest(void)
{
	if (kill(-1, SIGTERM) == 0)
		kill(-1, SIGCONT);
	if (reap_until(clock_us() + GRACE_US))
		return;
	kill(-1, SIGKILL);
	if (!reap_until(clock_us() + UNKILLABLE_US))
		log_error("processes are left that SIGKILL does not end");
}

/* Standard error is what the init has left of it. */
static void open_console(void)
{
	_cleanup_fd_ int fd = console_open(O_WRONLY | O_NONBLOCK);

	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
}

void last_stage(const char *word)
{
	enum machine_end end = end_of(word);
	struct report_message m = {.event = REPORT_EXIT};
	struct guest g = GUEST_BLANK;
	struct account account;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	open_console();
	account_init(&account);
	if (phase_cmdline(&g) < 0)
		log_warning("%s", g.error);
	if (end == MACHINE_POWER_OFF)
		end = g.cmdline.end;
	log_debug("the last stage: %s", machine_end_name(end));
	keeper_relieve(&account, &g.pins);
	end_the_rest();
	/* A keeper that was killed has left the port to whoever opens it. */
	if (account.port < 0 && !account.no_port)
		account_reopen(&account, root);
	/* A filesystem that somebody has open cannot be unmounted. */
	if (root >= 0)
		close(root);
	shutdown_filesystems(&g);
	if (end != MACHINE_POWER_OFF)
		snprintf(m.power, sizeof(m.power), "%s", machine_end_name(end));
	account_send(&account, &m);
	supervise_farewell(&account);
	shutdown_machine(end);
}
