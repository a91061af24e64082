/* SPDX-License-Identifier: MIT */
/* The workload's standard streams. */
#include "stdio_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include "cleanup.h"
#include "contract.h"
#include "guest.h"
#include "identity.h"
#include "port.h"

static const char *const port_names[STREAM_COUNT] = {PORT_STDIN, PORT_STDOUT, PORT_STDERR};

/* init's own buffers: no allocation while the workload runs. */
static char buffers[STREAM_COUNT][16384];

static int open_above_stdio(const char *path, int flags)
{
	_cleanup_fd_ int fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
	int moved;

	if (fd < 0)
		return -errno;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return moved < 0 ? -errno : moved;
}

static int use_console(struct guest *g, struct stdio_plan *plan, int stream, int flags, uid_t owner)
{
	plan->child[stream] = open_above_stdio("/dev/console", flags);
	if (plan->child[stream] < 0)
		return guest_error(g, -plan->child[stream], "cannot open '/dev/console'");
	/* So that the user may open /dev/stdout again, here as with a pipe. */
	if (fchown(plan->child[stream], owner, (gid_t)-1) < 0)
		return guest_error(g, errno, "cannot give '/dev/console' to user %u", owner);
	return 0;
}

static int use_port(struct guest *g, struct stdio_plan *plan, int stream, int port, uid_t owner)
{
	struct stream *s = &workload.streams[stream];
	bool input = stream == STREAM_STDIN;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		close(port);
		return guest_error(g, errno, "cannot make a pipe");
	}
	*s = (struct stream){
	    .source = input ? port : ends[0],
	    .sink = input ? ends[1] : port,
	    .buffer = buffers[stream],
	    .size = sizeof(buffers[stream]),
	    .limit = STREAM_NO_LIMIT,
	    .close_sink = input,
	};
	plan->child[stream] = input ? ends[0] : ends[1];
	/* Only init's end: O_NONBLOCK belongs to the open file, and the child's end is another one.
	 */
	if (fcntl(input ? ends[1] : ends[0], F_SETFL, O_NONBLOCK) < 0 ||
	    fchown(plan->child[stream], owner, (gid_t)-1) < 0)
		return guest_error(g, errno, "cannot set up a pipe");
	return 0;
}

static int plan_stream(struct guest *g, struct stdio_plan *plan, int stream, uid_t owner)
{
	int port;

	if (g->config.terminal)
		return use_console(g, plan, stream, O_RDWR, owner);
	port = port_open(port_names[stream]);
	if (port >= 0)
		return use_port(g, plan, stream, port, owner);
	if (port != -ENOENT)
		return guest_error(g, -port, "cannot open port '%s'", port_names[stream]);
	if (stream != STREAM_STDIN)
		return use_console(g, plan, stream, O_WRONLY, owner);
	plan->child[stream] = open_above_stdio("/dev/null", O_RDONLY);
	if (plan->child[stream] < 0)
		return guest_error(g, -plan->child[stream], "cannot open '/dev/null'");
	return 0;
}

int stdio_plan_make(struct guest *g, struct stdio_plan *plan, const struct identity *identity)
{
	for (int i = 0; i < STREAM_COUNT; i++) {
		plan->child[i] = -1;
		workload.streams[i] = (struct stream){.source = -1, .sink = -1};
	}
	for (int i = 0; i < STREAM_COUNT; i++) {
		int r = plan_stream(g, plan, i, identity->uid);

		if (r < 0)
			return r;
	}
	return 0;
}

void stdio_plan_release(struct stdio_plan *plan)
{
	for (int i = 0; i < STREAM_COUNT; i++)
		if (plan->child[i] > STDERR_FILENO)
			close(steal_fd(&plan->child[i]));
}
