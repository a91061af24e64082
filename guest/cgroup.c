/* SPDX-License-Identifier: MIT */
/* The workload's own control group. */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "log.h"

#define CGROUP_ROOT "/sys/fs/cgroup"

/* Open from the start: the workload may mount something over the names, or remove them. */
static int procs_fd = -1;
static int events_fd = -1;

static int write_text(const char *path, const char *text)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

void cgroup_prepare(void)
{
	struct statfs fs;

	if (statfs(CGROUP_ROOT, &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC)
		return;
	if (write_text(CGROUP_ROOT "/cgroup.subtree_control", "+memory") < 0 ||
	    (mkdir(CGROUP_ROOT "/workload", 0755) < 0 && errno != EEXIST)) {
		log_debug("no control group for the workload: %m");
		return;
	}
	procs_fd = open(CGROUP_ROOT "/workload/cgroup.procs", O_WRONLY | O_CLOEXEC);
	events_fd = open(CGROUP_ROOT "/workload/memory.events", O_RDONLY | O_CLOEXEC);
}

int cgroup_enter(void)
{
	/* "0" is whoever writes it. */
	if (procs_fd >= 0 && write(procs_fd, "0", 1) < 0)
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
