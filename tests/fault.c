/* SPDX-License-Identifier: MIT */
/*
 * Faults on purpose. In build/init-fault the calls below go through these
 * wrappers (the linker's --wrap), and one of them fails.
 *
 * The environment's VMCONFIG_FAULT, which the kernel takes from its command
 * line, says which: PHASE:[KIND:]N[:ERRNO], the Nth call of that phase, counted
 * from 1, with that error number instead of one that the call would have;
 * PHASE has "-" for blanks. Allocations are counted apart, as KIND "heap"; that
 * of a call counts only those of that name, in init's children as well, and the
 * watch of the boot is one.
 * PHASE:N:crash makes init itself crash there, PHASE:N:abort calls abort(3), and
 * with PHASE:N:hang the call does not return; with PHASE:N:wait it is made, once
 * a signal other than SIGCHLD and SIGIO waits for the caller. Which call it is, is said on
 * standard error.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Declare the call itself and what is called in its place. */
#define WRAP(type, name, ...)            \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

static struct {
	char phase[32];
	long number; /* 0: none */
	int error;   /* 0: the call's own */
	bool crash;
	bool abort;
	bool hang;
	bool wait;
	bool heap;
	char call[16]; /* "": any */
} plan;

struct progress {
	bool in_phase;
	long count;
};

static struct progress own;
static struct progress *progress = &own;

/* Return: what follows the kind of call. */
static const char *read_kind(const char *text)
{
	size_t n = strcspn(text, ":");

	if ((text[0] >= '0' && text[0] <= '9') || n >= sizeof(plan.call) || text[n] != ':')
		return text;
	plan.heap = n == 4 && strncmp(text, "heap", n) == 0;
	if (!plan.heap) {
		memcpy(plan.call, text, n);
		progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
		                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (progress == MAP_FAILED)
			abort();
	}
	return text + n + 1;
}

/* Before there is any child. */
static void __attribute__((constructor)) read_plan(void)
{
	const char *text = getenv("VMCONFIG_FAULT");
	size_t n = text ? strcspn(text, ":") : 0;
	char *end;

	if (!text || n >= sizeof(plan.phase) || text[n] != ':')
		return;
	memcpy(plan.phase, text, n);
	text = read_kind(text + n + 1);
	plan.number = strtol(text, &end, 10);
	if (*end != ':')
		return;
	plan.crash = strcmp(end + 1, "crash") == 0;
	plan.abort = strcmp(end + 1, "abort") == 0;
	plan.hang = strcmp(end + 1, "hang") == 0;
	plan.wait = strcmp(end + 1, "wait") == 0;
	plan.error = atoi(end + 1);
}

WRAP(void, crash_phase, const char *name)
{
	size_t i;

	for (i = 0; name[i] && plan.phase[i] == (name[i] == ' ' ? '-' : name[i]); i++)
		;
	progress->in_phase = !name[i] && !plan.phase[i] && plan.number;
	__real_crash_phase(name);
}

/* In one piece, for others write to the console too; and not by way of stdio, which may be what has
 * called. */
static void tell(const char *name)
{
	char line[64] = "fault: ";
	size_t start = strlen(line), n = strnlen(name, sizeof(line) - start - 1);

	memcpy(line + start, name, n);
	line[start + n] = '\n';
	(void)!write(STDERR_FILENO, line, start + n + 1);
}

int __real_signalfd(int fd, const void *set, int flags);

static void wait_for_signal(void)
{
	uint64_t all[16]; /* as large as the C library's set */
	struct pollfd poll_fd = {.events = POLLIN};

	memset(all, 0xff, sizeof(all));
	/* Of children that have ended, and of whatever the host says. */
	all[0] &= ~(UINT64_C(1) << (SIGCHLD - 1) | UINT64_C(1) << (SIGIO - 1));
	poll_fd.fd = __real_signalfd(-1, all, 0);
	poll(&poll_fd, 1, -1);
	close(poll_fd.fd);
}

/* Whether this call is the one, and fails. */
static bool is_it(const char *name, int error, bool heap)
{
	if (!progress->in_phase || heap != plan.heap ||
	    (plan.call[0] && strcmp(name, plan.call) != 0) ||
	    __atomic_add_fetch(&progress->count, 1, __ATOMIC_RELAXED) != plan.number)
		return false;
	tell(name);
	if (plan.crash)
		__builtin_trap();
	if (plan.abort)
		abort();
	while (plan.hang)
		pause();
	if (plan.wait)
		wait_for_signal();
	errno = plan.error ? plan.error : error;
	return !plan.wait;
}

static bool fails(const char *name, int error)
{
	return is_it(name, error, false);
}

static bool fails_to_allocate(const char *name)
{
	return is_it(name, ENOMEM, true);
}

WRAP(void *, malloc, size_t size)
{
	return fails_to_allocate("malloc") ? NULL : __real_malloc(size);
}

WRAP(void *, calloc, size_t number, size_t size)
{
	return fails_to_allocate("calloc") ? NULL : __real_calloc(number, size);
}

WRAP(void *, realloc, void *old, size_t size)
{
	return fails_to_allocate("realloc") ? NULL : __real_realloc(old, size);
}

WRAP(char *, strdup, const char *text)
{
	return fails_to_allocate("strdup") ? NULL : __real_strdup(text);
}

WRAP(int, open, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
	va_end(args);
	return fails("open", EMFILE) ? -1 : __real_open(path, flags, mode);
}

WRAP(int, openat, int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
	va_end(args);
	return fails("openat", EMFILE) ? -1 : __real_openat(dir, path, flags, mode);
}

WRAP(FILE *, fopen, const char *path, const char *mode)
{
	return fails("fopen", EMFILE) ? NULL : __real_fopen(path, mode);
}

WRAP(DIR *, opendir, const char *path)
{
	return fails("opendir", EMFILE) ? NULL : __real_opendir(path);
}

WRAP(DIR *, fdopendir, int fd)
{
	return fails("fdopendir", ENOMEM) ? NULL : __real_fdopendir(fd);
}

WRAP(ssize_t, read, int fd, void *data, size_t size)
{
	return fails("read", EIO) ? -1 : __real_read(fd, data, size);
}

WRAP(ssize_t, pread, int fd, void *data, size_t size, off_t at)
{
	return fails("pread", EIO) ? -1 : __real_pread(fd, data, size, at);
}

WRAP(int, ioctl, int fd, int request, void *data)
{
	return fails("ioctl", EIO) ? -1 : __real_ioctl(fd, request, data);
}

WRAP(int, fcntl, int fd, int command, long argument)
{
	return fails("fcntl", EINVAL) ? -1 : __real_fcntl(fd, command, argument);
}

WRAP(int, stat, const char *path, struct stat *st)
{
	return fails("stat", EIO) ? -1 : __real_stat(path, st);
}

WRAP(int, lstat, const char *path, struct stat *st)
{
	return fails("lstat", EIO) ? -1 : __real_lstat(path, st);
}

WRAP(int, fstat, int fd, struct stat *st)
{
	return fails("fstat", EIO) ? -1 : __real_fstat(fd, st);
}

WRAP(int, mkdir, const char *path, mode_t mode)
{
	return fails("mkdir", ENOSPC) ? -1 : __real_mkdir(path, mode);
}

WRAP(int, mkdirat, int dir, const char *path, mode_t mode)
{
	return fails("mkdirat", ENOSPC) ? -1 : __real_mkdirat(dir, path, mode);
}

WRAP(int, mknod, const char *path, mode_t mode, dev_t number)
{
	return fails("mknod", ENOSPC) ? -1 : __real_mknod(path, mode, number);
}

WRAP(int, symlink, const char *target, const char *path)
{
	return fails("symlink", ENOSPC) ? -1 : __real_symlink(target, path);
}

WRAP(int, unlink, const char *path)
{
	return fails("unlink", EROFS) ? -1 : __real_unlink(path);
}

WRAP(int, mount, const char *source, const char *target, const char *type, unsigned long flags,
     const void *data)
{
	return fails("mount", EIO) ? -1 : __real_mount(source, target, type, flags, data);
}

WRAP(int, umount, const char *target)
{
	return fails("umount", EBUSY) ? -1 : __real_umount(target);
}

WRAP(int, umount2, const char *target, int flags)
{
	return fails("umount2", EBUSY) ? -1 : __real_umount2(target, flags);
}

WRAP(int, chdir, const char *path)
{
	return fails("chdir", EIO) ? -1 : __real_chdir(path);
}

WRAP(int, chroot, const char *path)
{
	return fails("chroot", EPERM) ? -1 : __real_chroot(path);
}

WRAP(int, unshare, int flags)
{
	return fails("unshare", ENOSPC) ? -1 : __real_unshare(flags);
}

WRAP(int, setns, int fd, int type)
{
	return fails("setns", EPERM) ? -1 : __real_setns(fd, type);
}

WRAP(int, sethostname, const char *name, size_t length)
{
	return fails("sethostname", EPERM) ? -1 : __real_sethostname(name, length);
}

WRAP(int, socket, int domain, int type, int protocol)
{
	return fails("socket", EAFNOSUPPORT) ? -1 : __real_socket(domain, type, protocol);
}

WRAP(int, bind, int fd, const struct sockaddr *address, socklen_t length)
{
	return fails("bind", EADDRINUSE) ? -1 : __real_bind(fd, address, length);
}

WRAP(ssize_t, sendto, int fd, const void *data, size_t size, int flags,
     const struct sockaddr *address, socklen_t length)
{
	return fails("sendto", ENOBUFS) ? -1
	                                : __real_sendto(fd, data, size, flags, address, length);
}

WRAP(ssize_t, recv, int fd, void *data, size_t size, int flags)
{
	return fails("recv", ENOMEM) ? -1 : __real_recv(fd, data, size, flags);
}

WRAP(pid_t, fork, void)
{
	return fails("fork", EAGAIN) ? -1 : __real_fork();
}

WRAP(int, pipe2, int ends[2], int flags)
{
	return fails("pipe2", EMFILE) ? -1 : __real_pipe2(ends, flags);
}

WRAP(int, dup2, int from, int to)
{
	return fails("dup2", EBUSY) ? -1 : __real_dup2(from, to);
}

WRAP(pid_t, setsid, void)
{
	return fails("setsid", EPERM) ? -1 : __real_setsid();
}

WRAP(int, signalfd, int fd, const void *set, int flags)
{
	return fails("signalfd", EMFILE) ? -1 : __real_signalfd(fd, set, flags);
}

WRAP(int, execve, const char *path, char *const *argv, char *const *env)
{
	return fails("execve", ENOMEM) ? -1 : __real_execve(path, argv, env);
}

/* The calls that the C library has no function for. As it does, this takes more arguments than
 * there may be, which the address sanitizer is not to see. */
long __wrap_syscall(long number, ...) __attribute__((no_sanitize("address")));
WRAP(long, syscall, long number, ...)
{
	long a[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_rt_sigaction) /* 64 of them, none of which can fail */
		return __real_syscall(number, a[0], a[1], a[2], a[3], 0, 0);
	return fails("syscall", EIO) ? -1
	                             : __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
