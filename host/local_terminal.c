/* SPDX-License-Identifier: MIT */
/* vmconfig's own terminal, while the guest's is shown on it. */
#include "local_terminal.h"

#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

bool local_terminal_size(unsigned *rows, unsigned *columns)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 &&
	    ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
		return false;
	*rows = size.ws_row;
	*columns = size.ws_col;
	return true;
}

static int make_raw(struct local_terminal *t)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &t->mode) < 0)
		return 0; /* no terminal: a pipe types as well */
	raw = t->mode;
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) < 0)
		return fail_errno(errno, "cannot set the mode of the terminal");
	t->fd = STDIN_FILENO;
	return 0;
}

int local_terminal_begin(struct local_terminal *t, bool input)
{
	sigset_t set;

	*t = (struct local_terminal){.fd = -1};
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	t->resized = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (t->resized < 0)
		return fail_errno(errno, "cannot watch the terminal's size");
	return input ? make_raw(t) : 0;
}

bool local_terminal_resized(const struct local_terminal *t)
{
	struct signalfd_siginfo info;
	bool resized = false;

	while (read(t->resized, &info, sizeof(info)) == sizeof(info))
		resized = true;
	return resized;
}

void local_terminal_end(struct local_terminal *t)
{
	if (t->fd >= 0)
		tcsetattr(t->fd, TCSANOW, &t->mode);
	t->fd = -1;
	if (t->resized >= 0)
		close(steal_fd(&t->resized));
}
