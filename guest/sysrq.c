/* SPDX-License-Identifier: MIT */
/* SysRq-U and SysRq-B. */
#include "sysrq.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "log.h"

#define FIRST_PID_NAMESPACE 0xEFFFFFFCU /* PROC_PID_INIT_INO, the same in every kernel */
#define READ_LAST           3           /* SYSLOG_ACTION_READ_ALL */
#define WAIT_US             2000000

static bool of_pid_1;

void sysrq_permit(void)
{
	of_pid_1 = getpid() == 1;
}

static bool is_first_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == FIRST_PID_NAMESPACE && of_pid_1;
}

/* Two proofs, of which each would do: other namespaces have other numbers, and no Ctrl-Alt-Del. */
static bool machine_is_ours(void)
{
	return is_first_namespace() && reboot(RB_DISABLE_CAD) == 0;
}

/*
 * What the kernel logs in the end (do_emergency_remount()); nothing else tells, and there may be no
 * /dev/kmsg to wait on.
 */
static bool is_done(void)
{
	static const char done[] = "Emergency Remount complete";
	char log[2048];
	long n = syscall(SYS_syslog, READ_LAST, log, sizeof(log));

	return n > 0 && memmem(log, (size_t)n, done, sizeof(done) - 1);
}

static bool press(const char *key)
{
	_cleanup_fd_ int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, key, 1) == 1;
}

void force_readonly(void)
{
	const struct timespec pause_time = {.tv_nsec = 10000000};
	int64_t deadline = clock_us() + WAIT_US;

	if (!machine_is_ours())
		return;
	log_warning("every filesystem is forced to be read-only");
	if (!press("u")) {
		log_error("cannot force filesystems to be read-only: %m");
		return;
	}
	while (!is_done() && clock_us() < deadline)
		nanosleep(&pause_time, NULL);
}

void force_reset(void)
{
	/* Every other reboot(2) waits for the one that does not come back. */
	if (!is_first_namespace())
		return;
	log_warning("the machine does not turn itself off, and is reset");
	if (!press("b"))
		log_error("cannot reset the machine: %m");
}
