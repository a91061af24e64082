/* SPDX-License-Identifier: MIT */
/* `vmconfig attend-stop`: what microvm-shutdown executes: until the machine has gone. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attend.h"
#include "cleanup.h"
#include "cmd.h"
#include "error.h"
#include "monotonic.h"
#include "option.h"
#include "unix_socket.h"

#define DEFAULT_LIMIT_S 60
#define MAX_LIMIT_S     100000
#define KILL_LIMIT_MS   10000

struct cmd_stop {
	struct optint limit;
};

#define AT(member) .offset = offsetof(struct cmd_stop, member)

static const struct option_row stop_options[] = {
    {"limit", 0, "SECONDS", "until its attendant is killed", option_set_count, AT(limit),
     .value = MAX_LIMIT_S},
    {.name = NULL},
};

static const struct option_group stop_groups[] = {
    {"options", stop_options, 0},
    {.title = NULL},
};

/* An attendant that does not do its work: the VMM dies with it. */
static int kill_peer(int fd)
{
	struct ucred peer = {0};
	socklen_t size = sizeof(peer);
	_cleanup_fd_ int pidfd = -1;
	struct pollfd end;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.pid <= 0)
		return fail("cannot tell who attends the machine");
	pidfd = (int)syscall(SYS_pidfd_open, peer.pid, 0);
	if (pidfd < 0)
		return errno == ESRCH ? 0 : fail_errno(errno, "cannot watch process %d", peer.pid);
	warn("the machine did not stop in time: process %d is killed", peer.pid);
	if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
		return fail_errno(errno, "cannot kill process %d", peer.pid);
	end = (struct pollfd){.fd = pidfd, .events = POLLIN};
	return poll(&end, 1, KILL_LIMIT_MS) == 1 ? 0 : fail("process %d does not end", peer.pid);
}

/* The connection is never taken: it is cut when the attendant ends. */
static int wait_for_end(int fd, int64_t limit_ms)
{
	struct pollfd end = {.fd = fd, .events = POLLIN};
	int64_t deadline = monotonic_ms() + limit_ms;

	for (;;) {
		int64_t left = deadline - monotonic_ms();

		if (left <= 0)
			return kill_peer(fd);
		if (poll(&end, 1, left < INT32_MAX ? (int)left : INT32_MAX) > 0)
			return 0;
	}
}

static int stop(int64_t limit_s)
{
	_cleanup_fd_ int fd = unix_connect(CONTROL_SOCKET, 0);

	if (fd == -ENOENT || fd == -ECONNREFUSED)
		return 0; /* it has gone already */
	if (fd < 0)
		return fail_errno(-fd, "cannot connect to '%s'", CONTROL_SOCKET);
	return wait_for_end(fd, limit_s * 1000);
}

static int run_stop(const struct command *self, int argc, char **argv)
{
	struct cmd_stop s = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &s, &arguments);

	if (r == 0)
		r = stop(s.limit.set ? s.limit.value : DEFAULT_LIMIT_S);
	return r < 0 ? r : EXIT_SUCCESS;
}

const struct command cmd_attend_stop = {
    .name = "attend-stop",
    .synopsis = "[--limit SECONDS]",
    .summary = "stop the machine of this directory and wait until it has gone",
    .groups = stop_groups,
    .run = run_stop,
    .hidden = true,
};
