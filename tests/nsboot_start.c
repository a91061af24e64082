/* SPDX-License-Identifier: MIT */
/* The start: a console, a port, namespaces, and the listener of reboot(2), which init brings with
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "cleanup.h"
#include "nsboot.h"
#include "nsboot_machine.h"
#include "nsboot_options.h"
#include "nsboot_world.h"

/* Bytes go through as they are: no echo, no line ends turned into two. */
static int open_terminal(int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios mode;

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		die("cannot open a pseudo terminal");
	*slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*slave < 0 || tcgetattr(*slave, &mode) < 0)
		die("cannot open a pseudo terminal");
	cfmakeraw(&mode);
	if (tcsetattr(*slave, TCSANOW, &mode) < 0)
		die("cannot set up a pseudo terminal");
	if (fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		die("cannot set up a pseudo terminal");
	return master;
}

static void enter_netns(const char *path)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die("cannot enter the network namespace '%s'", path);
}

static pid_t clone_into(unsigned long long flags, int *pidfd)
{
	struct clone_args args = {
	    .flags = flags | CLONE_PIDFD, .pidfd = (uintptr_t)pidfd, .exit_signal = SIGCHLD};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

void machine_start(struct machine *m)
{
	unsigned long long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
	                           CLONE_NEWCGROUP | (m->options->netns ? 0 : CLONE_NEWNET);
	int sync[2], number;

	m->master = open_terminal(&m->slave);
	m->port = m->port_slave = -1;
	if (m->options->port)
		m->port = open_terminal(&m->port_slave);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sync) < 0)
		die("cannot make a socket");
	m->pid = clone_into(flags, &m->pidfd);
	if (m->pid < 0)
		die("cannot make namespaces (this needs root)");
	if (m->pid == 0) {
		const struct world w = {m->options, m->slave, m->port_slave, sync[1]};

		if (m->options->netns)
			enter_netns(m->options->netns);
		world_enter(&w);
	}
	close(sync[1]);
	/* End of file when it has failed, which it has said itself. */
	if (read(sync[0], &number, sizeof(number)) != sizeof(number))
		exit(STATUS_SETUP);
	m->listener = (int)syscall(SYS_pidfd_getfd, m->pidfd, number, 0);
	if (m->listener < 0)
		die("cannot get the listener of reboot(2)");
	if (write(sync[0], "", 1) != 1)
		die("cannot start init");
	close(sync[0]);
}
