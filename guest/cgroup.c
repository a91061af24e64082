/* SPDX-License-Identifier: MIT */
/* The workload's own control group. */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "log.h"

#define CGROUP_ROOT "/sys/fs/cgroup"

/* Of the machine's memory, for init and what the kernel needs besides. */
#define RESERVE_PART 32
#define MIN_RESERVE  (4ull << 20)
#define MAX_RESERVE  (32ull << 20)

/* Open from the start: the workload may mount something over the names, or remove them. */
static int group_fd = -1;
static int procs_fd = -1;
static int events_fd = -1;

/* In a child that has begun its life in the group. */
static bool is_inside;

static int write_text(const char *path, const char *text)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

/* A value of /proc/meminfo in bytes, or 0. */
static unsigned long long memory_value(const char *text, const char *name)
{
	const size_t length = strlen(name);

	while (text && strncmp(text, name, length) != 0) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text ? strtoull(text + length, NULL, 10) * 1024 : 0;
}

/*
 * Once all memory is taken, and the rest of it sits in files of tmpfs that
 * nobody frees, the next page that init needs is a kernel panic: there is
 * nobody left to kill. So the workload gets what is available now, but for a
 * reserve, and runs out of memory a little before the machine does.
 */
static int keep_reserve(void)
{
	_cleanup_fd_ int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	unsigned long long total, available, slab, reserve;
	char text[2048];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	total = memory_value(text, "MemTotal:");
	available = memory_value(text, "MemAvailable:");
	/* Counted as available in part, but what it holds after a boot is in use. */
	slab = memory_value(text, "SReclaimable:");
	reserve = total / RESERVE_PART;
	if (reserve < MIN_RESERVE)
		reserve = MIN_RESERVE;
	if (reserve > MAX_RESERVE)
		reserve = MAX_RESERVE;
	if (available <= slab + 2 * reserve)
		return -ENOMEM;
	snprintf(text, sizeof(text), "%llu", available - slab - reserve);
	return write_text(CGROUP_ROOT "/workload/memory.max", text);
}

void cgroup_prepare(void)
{
	int r;

	struct statfs fs;

	if (procs_fd >= 0)
		return;
	if (statfs(CGROUP_ROOT, &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC)
		return;
	if (write_text(CGROUP_ROOT "/cgroup.subtree_control", "+memory") < 0 ||
	    (mkdir(CGROUP_ROOT "/workload", 0755) < 0 && errno != EEXIST)) {
		log_debug("no control group for the workload: %m");
		return;
	}
	r = keep_reserve();
	if (r < 0)
		log_debug("no memory is kept for init: %s", strerror(-r));
	group_fd = open(CGROUP_ROOT "/workload", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	procs_fd = open(CGROUP_ROOT "/workload/cgroup.procs", O_WRONLY | O_CLOEXEC);
	events_fd = open(CGROUP_ROOT "/workload/memory.events", O_RDONLY | O_CLOEXEC);
}

/* The C library's fork(3) does more only for other threads, and notes the thread's number, which
 * raise(3) would use. */
pid_t cgroup_fork(void)
{
	const struct clone_args args = {
	    .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)group_fd};
	long pid = group_fd < 0 ? -1 : syscall(SYS_clone3, &args, sizeof(args));

	is_inside = pid == 0;
	return pid < 0 ? fork() : (pid_t)pid; /* Linux before 5.7 */
}

int cgroup_enter(void)
{
	/* "0" is whoever writes it. */
	if (procs_fd >= 0 && !is_inside && write(procs_fd, "0", 1) < 0)
		return -errno;
	return 0;
}

unsigned long cgroup_oom_kills(void)
{
	char text[512];
	const char *line;
	ssize_t n;

	if (events_fd < 0)
		return 0;
	n = pread(events_fd, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	line = strstr(text, "oom_kill ");
	return line ? strtoul(line + strlen("oom_kill "), NULL, 10) : 0;
}
