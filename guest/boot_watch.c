/* SPDX-License-Identifier: MIT */
/* A child that ends the machine when init does not get on with the boot. */
#include "boot_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
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
#include "power_button.h"
#include "shutdown.h"
#include "signal_taker.h"
#include "stop_request.h"

#define TICK_S  1
#define STOP_MS 5000 /* without any progress, once a stop has been asked for */

/* What the two share. Init writes it, the child reads: when it matters, init does nothing. */
struct boot {
	volatile int64_t until_us; /* a wait of init's own, which has a limit; or 0 */
	volatile bool given_up;    /* by the child, whose machine it is then */
	volatile bool stopping;    /* and why: a stop has been asked for */
	volatile int limit_ms;     /* 0: none */
	enum machine_end end;
	pthread_mutex_t listening; /* who reads from the port: init may come back meanwhile */
	struct account account;    /* its port is a descriptor of init's */
	char phase[64];
	char doing[256]; /* or "" */
};

static struct boot unwatched = {.listening = PTHREAD_MUTEX_INITIALIZER, .account.port = -1};
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
static int borrow_port(int init)
{
	int port = boot->account.port;

	return port < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, init, port, 0);
}

static int take_port(int init)
{
	int fd;

	if (boot->account.no_port)
		return -1;
	if (boot->account.port < 0)
		return port_open(PORT_REPORT);
	fd = borrow_port(init);
	if (fd >= 0)
		fcntl(fd, F_SETOWN, getpid());
	return fd;
}

/* Whoever has ended while it listened has left what it read as it was between two commands, or lost
 * the one at hand. */
static void lock_listening(void)
{
	if (pthread_mutex_lock(&boot->listening) == EOWNERDEAD)
		pthread_mutex_consistent(&boot->listening);
}

static int listen_at(struct account *a, int port)
{
	int r;

	lock_listening();
	r = account_look_for_stop(a, port);
	pthread_mutex_unlock(&boot->listening);
	return r;
}

int boot_watch_listen(struct account *a)
{
	return listen_at(a, a->port);
}

/* @port: a descriptor of the caller's, or negative */
static void __attribute__((noreturn)) end_machine(int port)
{
	struct report_message m = {.event = REPORT_FAILED, .code = STATUS_INIT_FAILED};
	struct account account = boot->account;
	char why[48] = "a stop has been asked for";

	account.port = port;
	if (!boot->stopping)
		snprintf(why, sizeof(why), "no answer for %d s", boot->limit_ms / 1000);
	snprintf(m.name, sizeof(m.name), "%s", boot->phase);
	snprintf(m.failure, sizeof(m.failure), "%s", boot->stopping ? "stopped" : "stalled");
	snprintf(m.error, sizeof(m.error), "%s%s%s", boot->doing, boot->doing[0] ? ": " : "", why);
	/* The console may be what does not answer. */
	fcntl(STDERR_FILENO, F_SETFL, O_RDWR | O_NONBLOCK);
	log_error("%s: %s", m.name, m.error);
	shutdown_by_force(&account, &m, boot->end);
}

static void __attribute__((noreturn)) give_up(int init, bool stopping)
{
	boot->stopping = stopping;
	boot->given_up = true;
	/* To where /proc is: the roots may have been switched meanwhile. */
	setns(init, CLONE_NEWNS);
	end_machine(take_port(init));
}

/* Init's signals wait for it. With another root than init's there is no /proc to see them in. */
static bool stop_signal_has_come(void)
{
	uint64_t pending = signals_that_wait(1);
	bool found = false;
	sigset_t set;

	stop_signals(&set);
	for (int number = 1; number <= 64; number++) {
		if (!(pending >> (number - 1) & 1) || sigismember(&set, number) != 1)
			continue;
		stop_signal_end(number, &boot->end);
		found = true;
	}
	return found;
}

static bool host_wants_stop(int init)
{
	_cleanup_fd_ int port = borrow_port(init);

	return port >= 0 && listen_at(&boot->account, port) > 0;
}

/*
 * The time without progress is counted in ticks of our own: a machine that has been paused finds
 * its clocks further than anybody in it could get.
 */
static void __attribute__((noreturn)) watch(int init, int button)
{
	/* Nothing tells of what does not happen; who ends the watch kills it. */
	const struct timespec tick = {.tv_sec = TICK_S};
	int64_t before = 0;
	int silent_ms = 0;

	prctl(PR_SET_NAME, "vmconfig-watch");
	for (;;) {
		int64_t ran = time_of_init();

		if (ran != before || clock_us() < boot->until_us)
			silent_ms = 0;
		else if (silent_ms >= STOP_MS &&
		         (stop_signal_has_come() || power_button_pressed(button) ||
		          host_wants_stop(init)))
			give_up(init, true);
		else if (boot->limit_ms && silent_ms >= boot->limit_ms)
			give_up(init, false);
		before = ran;
		nanosleep(&tick, NULL);
		silent_ms += TICK_S * 1000;
	}
}

static void start_child(void)
{
	_cleanup_fd_ int init = (int)syscall(SYS_pidfd_open, 1, 0);
	_cleanup_fd_ int button = power_button_open(); /* which is told to all that listen */

	child = fork();
	if (child == 0)
		watch(init, button);
	if (child < 0)
		log_debug("the boot is not watched: %m");
}

/* One that ends while it has the lock leaves it to the other. */
static void make_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t kind;

	pthread_mutexattr_init(&kind);
	pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(lock, &kind);
}

struct account *boot_watch_start(void)
{
	struct boot *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	account_init(&unwatched.account);
	if (shared == MAP_FAILED)
		return &unwatched.account;
	*shared = (struct boot){.limit_ms = STALL_MS};
	account_init(&shared->account);
	make_lock(&shared->listening);
	boot = shared;
	start_child();
	return &boot->account;
}

void boot_watch_check(void)
{
	if (!boot->given_up)
		return;
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	/* Somebody has ended it, the out-of-memory killer perhaps, before it could turn off the
	 * power. */
	end_machine(boot->account.port);
}

void boot_watch_phase(const char *name, const struct cmdline *c)
{
	boot_watch_check();
	snprintf(boot->phase, sizeof(boot->phase), "%s", name);
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
		/* Not in the middle of what the host says. */
		lock_listening();
		kill(child, SIGKILL);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
		pthread_mutex_unlock(&boot->listening);
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
