/* SPDX-License-Identifier: MIT */
/* The end: what reboot(2) does in place of the machine, and what is made of how it went. */
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "coverage.h"
#include "nsboot.h"
#include "nsboot_machine.h"
#include "nsboot_options.h"

/* What reboot(2) does to PID 1 of a pid namespace, in place of the machine. */
static const struct end {
	unsigned command;
	int signal;
	const char *name;
} ends[] = {
    {LINUX_REBOOT_CMD_POWER_OFF, SIGINT, NULL},
    {LINUX_REBOOT_CMD_HALT, SIGINT, "halted"},
    {LINUX_REBOOT_CMD_RESTART, SIGHUP, "rebooted"},
};

static const struct end *find_end(unsigned command)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends[i].command == command)
			return &ends[i];
	return NULL;
}

/* init itself, or a child of its that has not become another program. */
static bool is_init(const struct machine *m, unsigned pid)
{
	char path[64];
	struct stat init, caller;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)m->pid);
	if (stat(path, &init) < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	return stat(path, &caller) == 0 && init.st_dev == caller.st_dev &&
	       init.st_ino == caller.st_ino;
}

/* Return: the command's result: a descriptor of the caller's, or -1. */
static int give_coverage(const struct machine *m, unsigned long long call)
{
	const char *path = getenv("NSBOOT_COVERAGE");
	_cleanup_fd_ int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct seccomp_notif_addfd add = {
	    .id = call, .srcfd = (unsigned)fd, .newfd_flags = O_CLOEXEC};

	return fd < 0 ? -1 : ioctl(m->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
}

void machine_on_reboot(struct machine *m)
{
	struct seccomp_notif call = {0};
	struct seccomp_notif_resp answer = {.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

	if (ioctl(m->listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return; /* the caller has been killed meanwhile */
	answer.id = call.id;
	if ((unsigned)call.data.args[2] == COVERAGE_COMMAND) {
		answer.val = give_coverage(m, call.id);
		answer.error = answer.val < 0 ? -EINVAL : 0;
		answer.flags = 0;
	} else if (is_init(m, call.pid) && find_end((unsigned)call.data.args[2])) {
		m->end = (unsigned)call.data.args[2];
		for (size_t i = 0; i < m->options->disk_count; i++)
			disk_at_power_off(&m->options->disks[i], (char)('a' + i));
	}
	ioctl(m->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

int machine_verdict(const struct machine *m)
{
	const struct end *how = find_end(m->end);

	if (m->interrupted)
		return STATUS_SETUP;
	if (m->timed_out) {
		fprintf(stderr, "nsboot: TIMEOUT after %d s\n", m->options->timeout_s);
		return STATUS_TIMEOUT;
	}
	if (!how || !WIFSIGNALED(m->status) || WTERMSIG(m->status) != how->signal) {
		fprintf(stderr, "nsboot: PANIC: init ended with wait status %#x\n",
		        (unsigned)m->status);
		return STATUS_PANIC;
	}
	if (!m->console.ended) {
		fprintf(stderr, "nsboot: PANIC: powered off without a last word\n");
		return STATUS_PANIC;
	}
	if (how->name)
		fprintf(stderr, "nsboot: the machine was %s\n", how->name);
	if (m->console.step < m->options->step_count)
		fprintf(stderr, "nsboot: '%s' was never said\n",
		        m->options->steps[m->console.step].text);
	return m->console.code;
}
