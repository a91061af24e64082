/* SPDX-License-Identifier: MIT */
/* The process beside the image's init that has the report channel. */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "console.h"
#include "contract.h"
#include "handover.h"
#include "init_kind.h"
#include "log.h"
#include "outside.h"
#include "own_proc.h"
#include "relief.h"
#include "shutdown.h"
#include "signal_taker.h"
#include "signals.h"
#include "systemd_watch.h"

#define SECOND_US INT64_C(1000000)
#define RETRY_US  100000           /* between looks whether the init has come to take its signal */
#define HELD_US   (10 * SECOND_US) /* from its start to what it does not show that it takes */
#define FORCE_US  (10 * SECOND_US) /* from the signal that forces it to doing it ourselves */

struct keeper {
	struct account *account;
	struct pins *pins;
	const struct init_kind *kind;
	int stop_signal;
	int64_t stop_us;
	enum machine_end end; /* when we have to end it */
	int signal_fd;
	int started_fd; /* of a pipe whose other end the exec closes; -1 after that */
	int listener;
	bool host_gone;
	bool stopping;
	bool forced;
	bool parted;         /* the last word is out: the init has told all to end */
	bool tried;          /* the stop signal has been sent, whether or not it is taken */
	int64_t deadline_us; /* of a stop; 0: none */
	int64_t
	    send_us; /* when the stop signal is to be tried; 0: it has been sent, or none is due */
	uint64_t held;   /* signals that the host has asked for before the init was executed */
	int64_t held_us; /* when those are given up, once it has been; 0: not yet */
	struct systemd_watch watch;
};

enum { POLL_SIGNAL, POLL_PORT, POLL_STARTED, POLL_LISTENER, POLL_WATCH };
enum { POLL_COUNT = POLL_WATCH + SYSTEMD_POLL_COUNT };

static void say(struct keeper *k, enum report_event event)
{
	struct report_message m = {.event = event, .at_us = clock_us()};

	if (event == REPORT_STARTED)
		m.pid = 1;
	if (event == REPORT_READY) {
		snprintf(m.name, sizeof(m.name), "%s", k->watch.state);
		snprintf(m.error, sizeof(m.error), "%s", k->watch.failed);
	}
	account_send(k->account, &m);
}

/* Once. Whatever the init does tells that it has been executed, perhaps before the pipe does. */
static void note_start(struct keeper *k)
{
	if (k->started_fd < 0)
		return;
	close(steal_fd(&k->started_fd));
	k->held_us = clock_us() + HELD_US;
	say(k, REPORT_STARTED);
}

/*
 * Nothing tells when the init has got so far that the kernel does not drop the signal. Before the
 * exec everything is blocked, and lost with it. After it one is sent at once, for sigtimedwait(2),
 * as busybox waits, shows in no set; and another when it shows that it will be taken.
 */
static void send_stop(struct keeper *k)
{
	bool taken = k->started_fd < 0 && signal_is_taken(1, k->stop_signal);

	if (taken || (k->started_fd < 0 && !k->tried))
		kill(1, k->stop_signal);
	k->tried = k->started_fd < 0;
	k->send_us = taken ? 0 : clock_us() + RETRY_US;
}

static void stop(struct keeper *k)
{
	if (k->stopping)
		return;
	k->stopping = true;
	k->deadline_us = clock_us() + k->stop_us;
	send_stop(k);
}

static void __attribute__((noreturn)) power_off_ourselves(struct keeper *k)
{
	struct report_message m = {
	    .event = REPORT_EXIT, .code = STATUS_SIGNAL_BASE + SIGKILL, .signal = SIGKILL};

	snprintf(m.error, sizeof(m.error),
	         "the init did not power off within %lld s of being asked",
	         (long long)(k->stop_us / SECOND_US));
	if (k->end != MACHINE_POWER_OFF)
		snprintf(m.power, sizeof(m.power), "%s", machine_end_name(k->end));
	shutdown_by_force(k->account, &m, k->end);
}

static void on_deadline(struct keeper *k)
{
	k->send_us = 0;
	if (k->forced || !k->kind->force_signal)
		power_off_ourselves(k);
	k->forced = true;
	k->deadline_us = clock_us() + FORCE_US;
	kill(1, k->kind->force_signal);
}

/*
 * An init that is not systemd tells all processes to end before it kills them;
 * we cannot outlive that, and it runs no last stage. So this is the last word.
 */
static void part(struct keeper *k)
{
	struct report_message m = {.event = REPORT_EXIT};

	if (k->kind->is_systemd || k->parted)
		return;
	k->parted = true;
	note_start(k);
	say(k, REPORT_STOPPING);
	shutdown_sync();
	account_send(k->account, &m);
}

static void take_signals(struct keeper *k)
{
	struct signalfd_siginfo info[8];
	ssize_t n = read(k->signal_fd, info, sizeof(info));

	for (size_t i = 0; n > 0 && i < (size_t)n / sizeof(*info); i++) {
		if (info[i].ssi_signo == SIGIO)
			k->host_gone = false;
		else if (info[i].ssi_signo == SIGTERM && info[i].ssi_uid == 0)
			part(k);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* What is sent before the exec is lost with it, and soon after it while the init is not ready. */
static void send_signal(struct keeper *k, int number)
{
	if (k->started_fd >= 0)
		k->held |= UINT64_C(1) << (number - 1);
	else
		kill(1, number);
}

/* Once each: when it shows that the signal will be taken, or for want of that in the end. */
static void send_held(struct keeper *k)
{
	for (int number = 1; k->held_us && k->held && number <= 64; number++) {
		uint64_t bit = UINT64_C(1) << (number - 1);

		if (!(k->held & bit) || (!signal_is_taken(1, number) && clock_us() < k->held_us))
			continue;
		k->held &= ~bit;
		kill(1, number);
	}
}

static void take_commands(struct keeper *k)
{
	struct report_command c;
	int r;

	while ((r = account_receive(k->account, &c)) > 0) {
		if (c.request == REQUEST_STOP)
			stop(k);
		else if (c.request == REQUEST_SIGNAL && c.value >= 1 && c.value <= 64)
			send_signal(k, (int)c.value);
	}
	if (r < 0)
		k->host_gone = true;
}

static void take_news(struct keeper *k)
{
	int news = k->kind->is_systemd ? systemd_watch_pump(&k->watch) : 0;

	if (news)
		note_start(k);
	if (news & SYSTEMD_READY)
		say(k, REPORT_READY);
	if (news & SYSTEMD_STOPPING)
		say(k, REPORT_STOPPING);
}

static void give_relief(struct keeper *k)
{
	note_start(k);
	if (relief_give(k->listener, k->account, k->pins))
		_exit(0);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* Nothing tells of the init's progress: it is looked at. */
static int64_t next_look(const struct keeper *k)
{
	int64_t held = k->held && k->held_us ? clock_us() + RETRY_US : 0;

	return earlier(held, earlier(k->send_us, earlier(k->deadline_us, k->watch.retry_us)));
}

static void __attribute__((noreturn)) keep(struct keeper *k)
{
	take_commands(k); /* those that were kept */
	for (;;) {
		struct pollfd fds[POLL_COUNT] = {
		    [POLL_SIGNAL] = {.fd = k->signal_fd, .events = POLLIN},
		    /* Hung up it is always "ready"; SIGIO tells when it no longer is. */
		    [POLL_PORT] = {.fd = k->host_gone ? -1 : k->account->port, .events = POLLIN},
		    [POLL_STARTED] = {.fd = k->started_fd, .events = POLLIN},
		    [POLL_LISTENER] = {.fd = k->listener, .events = POLLIN},
		};

		systemd_watch_poll(&k->watch, fds + POLL_WATCH);
		poll(fds, POLL_COUNT, clock_left_ms(next_look(k)));
		take_signals(k);
		take_commands(k);
		if (fds[POLL_STARTED].revents)
			note_start(k);
		take_news(k);
		if (fds[POLL_LISTENER].revents)
			give_relief(k);
		send_held(k);
		if (k->send_us && clock_us() >= k->send_us)
			send_stop(k);
		if (k->deadline_us && clock_us() >= k->deadline_us)
			on_deadline(k);
	}
}

/* Where nothing of the machine's disks is: no filesystem is busy because of us. */
static int leave_root(void)
{
	static const char *const kept[] = {"/dev", "/run"};

	if (unshare(CLONE_NEWNS) < 0)
		return -errno;
	if (outside_enter() < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		char from[32];

		snprintf(from, sizeof(from), "%s%s", OUTSIDE_OLD, kept[i]);
		if (mkdir(kept[i], 0755) < 0 ||
		    mount(from, kept[i], NULL, MS_BIND | MS_REC, NULL) < 0)
			return -errno;
	}
	return umount2(OUTSIDE_OLD, MNT_DETACH) < 0 ? -errno : 0;
}

/* A console of our own: what PID 1 does to its descriptors is no business of ours. */
static void open_console(void)
{
	_cleanup_fd_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	_cleanup_fd_ int console = console_open(O_WRONLY | O_NONBLOCK);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(console >= 0 ? console : null, STDERR_FILENO);
}

static void protect(char *argv0)
{
	_cleanup_fd_ int fd = own_proc_open("self/oom_score_adj", O_WRONLY);

	if (fd < 0 || write(fd, "-1000", 5) < 0)
		log_debug("cannot set the keeper's oom_score_adj: %m");
	argv0[0] = '@';
	prctl(PR_SET_NAME, "vmconfig-keeper");
}

static int settle(struct keeper *k, char *argv0)
{
	sigset_t all;
	int r;

	protect(argv0);
	setsid();
	r = leave_root();
	if (r < 0)
		return r;
	open_console();
	k->listener = relief_listen(KEEPER_SOCKET);
	if (k->listener < 0)
		return k->listener;
	sigfillset(&all);
	k->signal_fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (k->signal_fd < 0)
		return -errno;
	if (k->account->port >= 0)
		fcntl(k->account->port, F_SETOWN, getpid());
	k->watch = (struct systemd_watch){.directory = -1, .fd = -1};
	return k->kind->is_systemd ? systemd_watch_open(&k->watch) : 0;
}

/* @answer: a pipe to the parent. @started: another, from its exec. */
static void __attribute__((noreturn))
child(struct keeper *k, struct guest *g, char *argv0, int answer)
{
	int r = settle(k, argv0);

	if (g->button_fd >= 0)
		close(g->button_fd); /* the init has its own */
	vmconfig_release(&g->config);
	if (write(answer, &r, sizeof(r)) != sizeof(r) || r < 0)
		_exit(1);
	close(answer);
	keep(k);
}

/* Return: 0, or why the keeper could not settle. */
static int read_answer(int fd)
{
	ssize_t n;
	int r = 0;

	do
		n = read(fd, &r, sizeof(r));
	while (n < 0 && errno == EINTR);
	return n == sizeof(r) ? r : -ECHILD;
}

pid_t keeper_start(struct guest *g, struct account *a, const struct init_kind *kind, char *argv0)
{
	static struct keeper k;
	const struct vmconfig *cfg = &g->config;
	int answer[2], started[2], r;
	pid_t pid;

	k = (struct keeper){
	    .account = a,
	    .pins = &g->pins,
	    .kind = kind,
	    .listener = -1,
	    .end = g->cmdline.end,
	    .stop_signal = cfg->stop_signal ? signal_parse(cfg->stop_signal) : kind->stop_signal,
	    .stop_us = (cfg->stop_timeout.set ? cfg->stop_timeout.value : kind->stop_timeout_s) *
	               SECOND_US,
	};
	/* The second's writing end stays open here until the exec. */
	if (pipe2(answer, O_CLOEXEC) < 0 || pipe2(started, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(answer[0]);
		close(started[1]);
		k.started_fd = started[0];
		child(&k, g, argv0, answer[1]);
	}
	close(answer[1]);
	close(started[0]);
	r = pid < 0 ? -errno : read_answer(answer[0]);
	close(answer[0]);
	if (r < 0 && pid > 0)
		waitpid(pid, NULL, 0);
	return r < 0 ? r : pid;
}

void keeper_relieve(struct account *a, struct pins *pins)
{
	int r = relief_take(KEEPER_SOCKET, a, pins);

	if (r < 0)
		log_debug("there is no keeper: %s", strerror(-r));
	if (a->port >= 0)
		fcntl(a->port, F_SETOWN, getpid());
}
