/* SPDX-License-Identifier: MIT */
/* Children for work that may never come back. */
#include "delegate.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "whole.h"

static uint64_t vmstat_progress(void);

/* Two minutes for a slow disk that takes what it is given, ten seconds for one that does not. */
static const struct patience usual = {10000000, 12, vmstat_progress};
static const struct patience after_one = {2000000, 1, vmstat_progress};

static bool gave_up;

bool delegate_gave_up(void)
{
	return gave_up;
}

uint64_t delegate_vmstat(const char *text)
{
	static const char *const counters[] = {"\nnr_written ", "\npgpgout ", "\npswpin "};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++) {
		const char *at = strstr(text, counters[i]);

		if (at)
			sum += strtoull(at + strlen(counters[i]), NULL, 10);
	}
	return sum;
}

static uint64_t vmstat_progress(void)
{
	static char text[16384]; /* some 150 counters, 30 bytes each at most */
	_cleanup_fd_ int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct statfs fs;
	ssize_t n;

	/* The workload may have put anything in its place, such as a FIFO. */
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return 0;
	n = read_whole(fd, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	return delegate_vmstat(text);
}

static void close_others(int keep_a, int keep_b)
{
	for (int fd = 3; fd < 1024; fd++)
		if (fd != keep_a && fd != keep_b)
			close(fd);
}

/*
 * Nothing of init's may be held by a child that stays: a port, or the last
 * layer of an overlay. @gate ends once init has closed what is the child's.
 */
static void __attribute__((noreturn)) be_child(const struct delegate_work *work, int gate)
{
	char byte;
	int r;

	close_others(work->give_fd, gate);
	while (gate >= 0 && read(gate, &byte, 1) < 0 && errno == EINTR)
		;
	r = work->run(work->data);
	if (work->give_fd >= 0)
		close(work->give_fd);
	_exit(-r & 0xff); /* every errno value fits */
}

static int status_to_result(int status)
{
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

/* Wait for the child until @deadline_us. Return: whether it has ended. */
static bool wait_until(pid_t pid, int64_t deadline_us, int *status)
{
	sigset_t child_ended;

	sigemptyset(&child_ended);
	sigaddset(&child_ended, SIGCHLD);
	for (;;) {
		int left = clock_left_ms(deadline_us);
		const struct timespec timeout = {.tv_sec = left / 1000,
		                                 .tv_nsec = left % 1000 * 1000000L};
		pid_t ended = waitpid(pid, status, WNOHANG);

		if (ended == pid)
			return true;
		if (ended < 0 && errno != EINTR)
			return true; /* no such child, which cannot be */
		if (left == 0)
			return false;
		/* It is blocked: one that has come meanwhile is waiting. */
		sigtimedwait(&child_ended, NULL, &timeout);
	}
}

static int wait_patiently(pid_t pid, const struct patience *p)
{
	uint64_t (*progress)(void) = p->progress ? p->progress : vmstat_progress;
	uint64_t before = progress();
	int status = 0;

	for (int i = 0; i < p->windows; i++) {
		uint64_t now;

		if (wait_until(pid, clock_us() + p->window_us, &status))
			return status_to_result(status);
		now = progress();
		if (now == before)
			break;
		before = now;
	}
	gave_up = true;
	return -ETIMEDOUT;
}

static int work_here(const struct delegate_work *work)
{
	int r = work->run(work->data);

	if (work->give_fd >= 0)
		close(work->give_fd);
	return r;
}

int delegate(const struct delegate_work *work)
{
	const struct patience *patience = work->patience;
	int gate[2] = {-1, -1};
	sigset_t child_ended;
	pid_t pid;

	if (!patience)
		patience = gave_up ? &after_one : &usual;
	sigemptyset(&child_ended);
	sigaddset(&child_ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_ended, NULL);
	if (work->give_fd >= 0 && pipe2(gate, O_CLOEXEC) < 0)
		return work_here(work);
	pid = fork();
	if (pid == 0)
		be_child(work, gate[0]);
	if (gate[0] >= 0)
		close(gate[0]);
	if (pid > 0 && work->give_fd >= 0)
		close(work->give_fd);
	if (gate[1] >= 0)
		close(gate[1]);
	return pid < 0 ? work_here(work) : wait_patiently(pid, patience);
}
