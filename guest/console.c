/* SPDX-License-Identifier: MIT */
/* The console, for init and for what it starts. */
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cleanup.h"

int console_open(int flags)
{
	int fd = open("/dev/console", flags | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int console_session(int input)
{
	_cleanup_fd_ int console = console_open(O_WRONLY);

	if (console < 0)
		console = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (console < 0 || setsid() < 0 || dup2(input, STDIN_FILENO) < 0 ||
	    dup2(console, STDOUT_FILENO) < 0 || dup2(console, STDERR_FILENO) < 0)
		return -errno;
	return 0;
}

void console_unblock(void)
{
	fcntl(STDERR_FILENO, F_SETFL, O_RDWR | O_NONBLOCK);
}
