/* SPDX-License-Identifier: MIT */
/* A child that ends the machine when init does not get on with the boot. */
#include "boot_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "clock.h"
#include "contract.h"
#include "guest.h"
#include "log.h"
#include "port.h"
#include "shutdown.h"

#define TICK_S 1

/* What the two share. Init writes it, the child reads: when it matters, init does nothing. */
struct boot {
	volatile int64_t until_us; /* a wait of init's own, which has a limit; or 0 */
	volatile bool given_up;    /* by the child, whose machine it is then */
	volatile int limit_ms;     /* 0: none */
	int port;                  /* init's descriptor, or -1 */
	bool console;              /* where the config wants its report: no port is looked for */
	enum machine_end end;
	char nonce[sizeof(((struct account *)0)->nonce)];
	char phase[64];
	char doing[256]; /* or "" */
};

static struct boot unwatched;
static struct boot *boot = &unwatched;
static pid_t child;

/*
 * Nanoseconds that PID 1 has run. A process that a device keeps waiting gets
 * none; a slow one costs some with every answer. It needs no /proc.
 */
static int64_t time_of_init(void)
{
	struct timespec t = {0};
	clockid_t clock;

	if (clock_getcpuclockid(1, &clock) == 0)
		clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Init's descriptors are its own, and a port can be opened once only. */
static int take_port(int init)
{
	int fd;

	if (boot->console)
		return -1;
	if (boot->port < 0)
		return port_open(PORT_REPORT);
	fd = (int)syscall(SYS_pidfd_getfd, init, boot->port, 0);
	if (fd >= 0)
		fcntl(fd, F_SETOWN, getpid());
	return fd;
}

/* @port: a descriptor of the caller's, or negative */
static void __attribute__((noreturn)) end_machine(int port)
{
	struct report_message m = {
	    .event = REPORT_FAILED, .code = STATUS_INIT_FAILED, .failure = "stalled"};
	struct account account;

	account_init(&account);
	account.port = port;
	snprintf(account.nonce, sizeof(account.nonce), "%s", boot->nonce);
	snprintf(m.name, sizeof(m.name), "%s", boot->phase);
	snprintf(m.error, sizeof(m.error), "%s%sno answer for %d s", boot->doing,
	         boot->doing[0] ? ": " : "", boot->limit_ms / 1000);
	/* The console may be what does not answer. */
	fcntl(STDERR_FILENO, F_SETFL, O_RDWR | O_NONBLOCK);
	log_error("%s: %s", m.name, m.error);
	shutdown_by_force(&account, &m, boot->end);
}

static void __attribute__((noreturn)) give_up(void)
{
	int init = (int)syscall(SYS_pidfd_open, 1, 0);

	boot->given_up = true;
	/* To where /proc is: the roots may have been switched meanwhile. */
	setns(init, CLONE_NEWNS);
	end_machine(take_port(init));
}

/*
 * The time without progress is counted in ticks of our own: a machine that has been paused finds
 * its clocks further than anybody in it could get.
 */
static void __attribute__((noreturn)) watch(void)
{
	/* Nothing tells of what does not happen; who ends the watch kills it. */
	const struct timespec tick = {.tv_sec = TICK_S};
	int64_t before = 0;
	int silent_ms = 0;

	prctl(PR_SET_NAME, "vmconfig-watch");
	for (;;) {
		int64_t ran = time_of_init();

		if (ran != before || clock_us() < boot->until_us || !boot->limit_ms)
			silent_ms = 0;
		else if (silent_ms >= boot->limit_ms)
			give_up();
		before = ran;
		nanosleep(&tick, NULL);
		silent_ms += TICK_S * 1000;
	}
}

void boot_watch_start(void)
{
	struct boot *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return;
	*shared = (struct boot){.port = -1, .limit_ms = STALL_MS};
	boot = shared;
	child = fork();
	if (child == 0)
		watch();
	if (child < 0)
		log_debug("the boot is not watched: %m");
}

void boot_watch_check(void)
{
	if (!boot->given_up)
		return;
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	/* Somebody has ended it, the out-of-memory killer perhaps, before it could turn off the
	 * power. */
	end_machine(boot->port);
}

void boot_watch_phase(const char *name, const struct cmdline *c, const struct account *a)
{
	boot_watch_check();
	snprintf(boot->phase, sizeof(boot->phase), "%s", name);
	memcpy(boot->nonce, a->nonce, sizeof(boot->nonce));
	boot->port = a->port;
	boot->console = a->on_console;
	boot->end = c->end;
	boot->limit_ms = c->stall_ms;
}

int boot_watch_wait(int fd, int64_t deadline_us)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	int n;

	boot_watch_until(deadline_us);
	do
		n = poll(&poll_fd, 1, clock_left_ms(deadline_us));
	while ((n < 0 && errno == EINTR) || (n == 0 && clock_us() < deadline_us));
	boot_watch_until(0);
	return n < 0 ? -errno : n;
}

void boot_watch_until(int64_t deadline_us)
{
	boot->until_us = deadline_us;
}

void boot_watch_end(void)
{
	boot_watch_check();
	if (child > 0) {
		kill(child, SIGKILL);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	child = 0;
}

int boot_watch_doing(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(boot->doing, sizeof(boot->doing), format, args);
	va_end(args);
	return 0;
}

void boot_watch_done(const int *unused)
{
	(void)unused;
	boot->doing[0] = '\0';
}
