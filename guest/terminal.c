/* SPDX-License-Identifier: MIT */
/* The workload's terminal. No allocation: parts of it are used while the workload runs. */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cleanup.h"

/* The console's mode before it became raw. There is one console. */
static struct termios console_mode;

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(steal_fd(fd));
}

void terminal_resize(const struct terminal *t, unsigned rows, unsigned columns)
{
	const struct winsize size = {.ws_row = (unsigned short)rows,
	                             .ws_col = (unsigned short)columns};

	if (t->master >= 0)
		ioctl(t->master, TIOCSWINSZ, &size);
}

int terminal_open(struct terminal *t, uid_t owner, unsigned rows, unsigned columns)
{
	int unlocked = 0;

	*t = (struct terminal){.slave = -1, .console = -1};
	/* Not /dev/ptmx: an image's /dev may have another idea of it. */
	t->master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (t->master < 0 || ioctl(t->master, TIOCSPTLCK, &unlocked) < 0)
		return -errno;
	t->slave = ioctl(t->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	/* The group stays the one of devpts, for write(1) and its like. */
	if (t->slave < 0 || fchown(t->slave, owner, (gid_t)-1) < 0)
		return -errno;
	terminal_resize(t, rows, columns);
	return 0;
}

int terminal_take_console(struct terminal *t, int console)
{
	struct termios raw;

	if (tcgetattr(console, &console_mode) < 0)
		return errno == ENOTTY ? 0 : -errno; /* a console without modes is as good as raw */
	raw = console_mode;
	cfmakeraw(&raw);
	if (tcsetattr(console, TCSANOW, &raw) < 0)
		return -errno;
	t->console = console;
	return 0;
}

size_t terminal_end_of_input(int master, char after, char text[2])
{
	struct termios mode;
	bool in_line = after && after != '\n';
	char end = 'D' & 0x1f;

	/* Asked at this end, it is the other end's mode. */
	if (tcgetattr(master, &mode) == 0) {
		in_line = in_line && (mode.c_lflag & ICANON) &&
		          !(after == '\r' && (mode.c_iflag & ICRNL));
		if (mode.c_cc[VEOF])
			end = (char)mode.c_cc[VEOF];
	}
	text[0] = text[1] = end;
	return in_line ? 2 : 1;
}

void terminal_hang_up(struct terminal *t)
{
	close_end(&t->slave);
}

void terminal_close(struct terminal *t)
{
	if (t->console >= 0)
		tcsetattr(t->console, TCSANOW, &console_mode);
	t->console = -1;
	close_end(&t->slave);
	close_end(&t->master);
}
