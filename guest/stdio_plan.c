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
	int port = port_open(port_names[stream]);

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

/* --- a terminal ---------------------------------------------------------------------------------
 */

static int duplicate(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	return copy < 0 ? -errno : copy;
}

/* What the terminal is relayed to: the two ports, or else the console for both. */
static int open_other_side(struct guest *g, int *in, int *out)
{
	int console;

	*in = port_open(port_names[STREAM_STDIN]);
	*out = port_open(port_names[STREAM_STDOUT]);
	if ((*in < 0 && *in != -ENOENT) || (*out < 0 && *out != -ENOENT))
		return guest_error(g, -(*in < *out ? *in : *out),
		                   "cannot open the terminal's ports");
	if (*out >= 0)
		return 0;
	*out = open_above_stdio("/dev/console", O_RDWR | O_NONBLOCK);
	if (*out < 0)
		return guest_error(g, -*out, "cannot open '/dev/console'");
	if (*in >= 0)
		return 0;
	*in = duplicate(*out);
	console = duplicate(*out);
	if (*in < 0 || console < 0)
		return guest_error(g, EMFILE, "cannot open '/dev/console'");
	if (terminal_take_console(&workload.terminal, console) < 0)
		return guest_error(g, errno, "cannot set the mode of '/dev/console'");
	return 0;
}

static int plan_terminal(struct guest *g, struct stdio_plan *plan, uid_t owner)
{
	const struct console_size *size = g->config.console_size;
	struct stream *in = &workload.streams[STREAM_STDIN];
	struct stream *out = &workload.streams[STREAM_STDOUT];
	int r = terminal_open(&workload.terminal, owner, size ? (unsigned)size->height.value : 0,
	                      size ? (unsigned)size->width.value : 0);

	if (r < 0)
		return guest_error(g, -r, "cannot make a terminal");
	r = open_other_side(g, &in->source, &out->sink);
	if (r < 0)
		return r;
	in->sink = duplicate(workload.terminal.master);
	in->type_end = true;
	out->source = duplicate(workload.terminal.master);
	for (int i = 0; i < STREAM_COUNT; i++) {
		workload.streams[i].buffer = buffers[i];
		workload.streams[i].size = sizeof(buffers[i]);
		workload.streams[i].limit = STREAM_NO_LIMIT;
		plan->child[i] = duplicate(workload.terminal.slave);
		if (plan->child[i] < 0)
			r = plan->child[i];
	}
	if (r < 0 || in->sink < 0 || out->source < 0)
		return guest_error(g, EMFILE, "cannot set up a terminal");
	return 0;
}

int stdio_plan_make(struct guest *g, struct stdio_plan *plan, const struct identity *identity)
{
	for (int i = 0; i < STREAM_COUNT; i++) {
		plan->child[i] = -1;
		workload.streams[i] = (struct stream){.source = -1, .sink = -1};
	}
	workload.terminal = (struct terminal){-1, -1, -1};
	if (g->config.terminal)
		return plan_terminal(g, plan, identity->uid);
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
