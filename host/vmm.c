/* SPDX-License-Identifier: MIT */
/* A VMM as a child process. */
#include "vmm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "error.h"
#include "tool.h"

#define KILL_LIMIT_MS 10000 /* stuck in the kernel: it is left to init */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(steal_fd(fd));
}

static int make_channel(struct vmm *v, int channel)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
		return fail_errno(errno, "cannot make a socket");
	v->channels[channel] = ends[0];
	v->theirs[channel] = ends[1];
	return 0;
}

int vmm_open(struct vmm *v, bool channels)
{
	int r = 0;

	*v = (struct vmm){.pidfd = -1, .messages = -1};
	for (int i = 0; i < CHANNEL_COUNT; i++)
		v->channels[i] = v->theirs[i] = -1;
	for (int i = 0; r == 0 && channels && i < CHANNEL_COUNT; i++)
		r = make_channel(v, i);
	return r;
}

int vmm_place_channels(struct vmm *v)
{
	for (int i = 0; i < CHANNEL_COUNT; i++) {
		if (v->theirs[i] < 0)
			continue;
		if (dup3(v->theirs[i], FIRST_CHANNEL_FD + i, O_CLOEXEC) < 0)
			return fail_errno(errno, "cannot place a socket");
		close_fd(&v->theirs[i]);
		v->theirs[i] = FIRST_CHANNEL_FD + i;
	}
	return 0;
}

/* What the child needs, made before fork(2). */
struct launch {
	const int *channels;
	const struct vmm_files *files;
	int output; /* becomes its standard output and error */
};

static int keep_open(int fd)
{
	return fcntl(fd, F_SETFD, 0) < 0 ? -errno : 0;
}

static int prepare(const void *context)
{
	const struct launch *l = context;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int r;

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(l->output, STDOUT_FILENO) < 0 ||
	    dup2(l->output, STDERR_FILENO) < 0)
		return -errno;
	/* What vmconfig was given open by its own caller is none of QEMU's. */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return -errno;
	r = 0;
	for (size_t i = 0; r == 0 && i < l->files->count; i++)
		r = keep_open(l->files->fds[i]);
	for (int i = 0; r == 0 && i < CHANNEL_COUNT; i++)
		if (l->channels[i] >= 0)
			r = keep_open(l->channels[i]);
	return r;
}

static int start(struct vmm *v, char *const *argv, const struct launch *l)
{
	_cleanup_free_ char *program = tool_find(v->program);
	const struct child child = {.program = program,
	                            .argv = argv,
	                            .bound = SIGKILL,
	                            .detached = true,
	                            .prepare = prepare,
	                            .context = l};
	pid_t pid = program ? child_start(&child) : -ENOENT;

	if (pid < 0)
		return fail_errno((int)-pid, "cannot run '%s'%s", v->program,
		                  pid == -ENOENT ? " (install it, or name another with --vmm)"
		                                 : "");
	v->pid = pid;
	v->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	return v->pidfd < 0 ? fail_errno(errno, "cannot watch '%s'", v->program) : 0;
}

/* It ends in NULL. The strings stay the list's and the caller's. */
static char **make_argv(const struct strlist *args, char *name)
{
	char **argv = calloc(args->count + 1, sizeof(*argv));

	for (size_t i = 0; argv && i < args->count; i++)
		argv[i] = args->items[i];
	if (argv && name)
		argv[0] = name;
	return argv;
}

int vmm_start(struct vmm *v, const struct strlist *args, char *name, const struct vmm_files *files)
{
	_cleanup_free_ char **argv = make_argv(args, name);
	_cleanup_fd_ int output = -1;
	struct launch l = {.channels = v->theirs, .files = files};
	int messages[2];
	int r;

	if (!argv)
		return fail_errno(ENOMEM, "cannot run '%s'", args->items[0]);
	if (pipe2(messages, O_CLOEXEC) < 0)
		return fail_errno(errno, "cannot make a pipe");
	v->messages = messages[0];
	output = messages[1];
	l.output = output;
	/* Our end alone: QEMU's stays one that waits when it is full. */
	if (fcntl(v->messages, F_SETFL, O_NONBLOCK) < 0)
		return fail_errno(errno, "cannot make a pipe");
	v->program = strdup(args->items[0]);
	if (!v->program)
		return fail_errno(ENOMEM, "cannot run '%s'", args->items[0]);
	r = start(v, argv, &l);
	for (int i = 0; i < CHANNEL_COUNT; i++)
		close_fd(&v->theirs[i]);
	return r;
}

void vmm_kill(struct vmm *v)
{
	/* With all that it may have started: it leads a group of its own. */
	if (v->pid > 0 && kill(-v->pid, SIGKILL) < 0)
		kill(v->pid, SIGKILL);
}

bool vmm_reap(struct vmm *v)
{
	if (v->pid > 0 && waitpid(v->pid, &v->status, WNOHANG) == v->pid)
		v->pid = 0;
	return v->pid == 0;
}

void vmm_release(struct vmm *v)
{
	if (!vmm_reap(v)) {
		struct pollfd end = {.fd = v->pidfd, .events = POLLIN};

		vmm_kill(v);
		poll(&end, 1, KILL_LIMIT_MS);
		vmm_reap(v);
	}
	for (int i = 0; i < CHANNEL_COUNT; i++) {
		close_fd(&v->channels[i]);
		close_fd(&v->theirs[i]);
	}
	free(steal_ptr(&v->program));
	close_fd(&v->pidfd);
	close_fd(&v->messages);
}
