/* SPDX-License-Identifier: MIT */
/*
 * What `make coverage` links into init, and into the unit tests of its parts. A
 * process of init's does not end by exit(3), and the build is not in its root:
 * counters are written before every other end, into a directory that nsboot
 * hands out whenever it is asked, by a command of reboot(2) that the kernel
 * does not know. So nothing of this is in the machine, neither in its
 * filesystem nor among init's descriptors or variables.
 *
 * A process that is killed, or that a filter or a limit of the config's keeps
 * from writing, is not counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "coverage.h"

/* The build's, with which the Makefile has put the names of its files into it. */
#ifndef COVERAGE_DIRECTORY
#define COVERAGE_DIRECTORY "."
#endif

/* Declare the call itself and what is called in its place. */
#define WRAP(type, name, ...)            \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

void __gcov_reset(void); /* gcov.h, which is GCC's alone */
int __real_reboot(int command);

static int directory = -1; /* while counters are written: the build's */
static bool filtered;      /* by the config's seccomp */

static bool can_write(void)
{
	struct rlimit limit;
	int fd;

	if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur != RLIM_INFINITY)
		return false;
	fd = openat(directory, ".", O_PATH | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Also what the compiler puts before an exec. */
WRAP(void, __gcov_dump, void)
{
	int saved = errno;

	directory = filtered ? -1 : __real_reboot(COVERAGE_COMMAND);
	/* A unit test runs where the build is. */
	if (directory < 0 && !filtered)
		directory = open(COVERAGE_DIRECTORY, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory >= 0 && can_write())
		__real___gcov_dump();
	if (directory >= 0)
		close(directory);
	directory = -1;
	errno = saved;
}

/* Of libgcov: init's own open(2) has another name in the C library. */
WRAP(int, open, const char *path, int flags, ...)
{
	static const char build[] = COVERAGE_DIRECTORY "/";
	size_t n = sizeof(build) - 1;
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (directory >= 0 && strncmp(path, build, n) == 0)
		return openat(directory, path + n, flags | O_CLOEXEC, mode);
	return __real_open(path, flags, mode);
}

/* What cannot be counted must not be seen on the console. */
WRAP(char *, getenv, const char *name)
{
	static char nowhere[] = "/dev/null";

	return strcmp(name, "GCOV_ERROR_FILE") == 0 ? nowhere : __real_getenv(name);
}

WRAP(int, reboot, int command)
{
	if ((unsigned)command != (unsigned)RB_DISABLE_CAD &&
	    (unsigned)command != (unsigned)RB_ENABLE_CAD)
		__wrap___gcov_dump();
	return __real_reboot(command);
}

void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status)
{
	__wrap___gcov_dump();
	__real__exit(status);
}

/* The calls that the C library has no function for. */
WRAP(long, syscall, long number, ...)
{
	long a[6], r;
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_exit_group || number == SYS_seccomp) {
		__wrap___gcov_dump();
		__gcov_reset();
	}
	r = __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	filtered = filtered || (number == SYS_seccomp && r >= 0);
	return r;
}
