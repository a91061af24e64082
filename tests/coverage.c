/* SPDX-License-Identifier: MIT */
/*
 * What `make coverage` links into init: a PID 1 does not end by exit(3), and
 * where its counters are to go is not in its root. nsboot binds the build's
 * directory at /coverage; it is kept open, and the counters are written by way
 * of /proc before every end. (The compiler sees to those of exec.)
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <unistd.h>

#define FD 1000 /* out of the way of init's own */

/* How many of the directories that the compiler has seen to leave out. */
#ifndef COVERAGE_STRIP
#define COVERAGE_STRIP "0"
#endif

void __gcov_dump(void); /* gcov.h, which is GCC's alone */
int __real_reboot(int command);
int __wrap_reboot(int command);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

static void __attribute__((constructor)) begin(void)
{
	int fd = open("/coverage", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char prefix[32];

	/* A child that has closed it cannot be counted, and need not complain. */
	setenv("GCOV_ERROR_FILE", "/dev/null", 1);
	if (fd < 0)
		return;
	fd = fcntl(fd, F_DUPFD_CLOEXEC, FD);
	snprintf(prefix, sizeof(prefix), "/proc/self/fd/%d", fd);
	setenv("GCOV_PREFIX", prefix, 1);
	setenv("GCOV_PREFIX_STRIP", COVERAGE_STRIP, 1);
}

int __wrap_reboot(int command)
{
	if ((unsigned)command != (unsigned)RB_DISABLE_CAD &&
	    (unsigned)command != (unsigned)RB_ENABLE_CAD)
		__gcov_dump();
	return __real_reboot(command);
}

void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}
