/* SPDX-License-Identifier: MIT */
/* The probe's terminal: its size, its name, and job control as a shell does it. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int verb_winsize(char **words)
{
	struct winsize size;

	(void)words;
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
		return complain("");
	printf("winsize %u %u\n", size.ws_row, size.ws_col);
	return 0;
}

/* The terminal's name, owner and mode, and whether /dev/tty leads to it. */
static int verb_ttyname(char **words)
{
	const char *name = ttyname(STDIN_FILENO);
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct stat st, by_name;

	(void)words;
	if (!name || fstat(STDIN_FILENO, &st) < 0 || stat(name, &by_name) < 0)
		return complain("");
	printf("ttyname %s uid %u mode %04o %s\n", name, st.st_uid, st.st_mode & 07777,
	       st.st_rdev == by_name.st_rdev && fd >= 0 ? "ours" : "another's");
	if (fd >= 0)
		close(fd);
	return 0;
}

/* Close the standard streams, all that is open of the terminal, and open it again by its name. */
static int verb_reopen(char **words)
{
	char name[64];

	(void)words;
	fflush(stdout);
	if (ttyname_r(STDIN_FILENO, name, sizeof(name)) != 0)
		return complain("");
	for (int i = 0; i < 3; i++)
		close(i);
	for (int i = 0; i < 3; i++)
		if (open(name, O_RDWR) != i)
			_exit(9);
	printf("reopened %s\n", name);
	return 0;
}

/* No echo, no lines, no signals. */
static int verb_raw(char **words)
{
	struct termios mode;

	(void)words;
	if (tcgetattr(STDIN_FILENO, &mode) < 0)
		return complain("");
	cfmakeraw(&mode);
	return tcsetattr(STDIN_FILENO, TCSANOW, &mode) < 0 ? complain("") : 0;
}

/* One byte of standard input, as a number; -1 at its end. */
static int verb_byte(char **words)
{
	unsigned char byte;
	ssize_t n = read(STDIN_FILENO, &byte, 1);

	(void)words;
	printf("byte %d\n", n == 1 ? byte : n == 0 ? -1 : -errno);
	return 0;
}

/* That it goes on is told only while it cannot end: its end would hide that. */
static void tell(const char *what, pid_t pid, int options)
{
	int status = 0;

	fflush(stdout);
	if (waitpid(pid, &status, WUNTRACED | options) < 0)
		printf("%s: %s\n", what, strerror(errno));
	else if (WIFSTOPPED(status))
		printf("%s: stopped %d\n", what, WSTOPSIG(status));
	else if (WIFSIGNALED(status))
		printf("%s: killed %d\n", what, WTERMSIG(status));
	else if (WIFCONTINUED(status))
		printf("%s: continued\n", what);
	else
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
	fflush(stdout);
}

static void __attribute__((noreturn)) job(int writes)
{
	char byte;

	setpgid(0, 0);
	if (writes) {
		if (write(STDOUT_FILENO, "from a job\n", 11) != 11)
			_exit(1);
		_exit(0);
	}
	for (;;)
		if (read(STDIN_FILENO, &byte, 1) != 1 || byte == '\n')
			_exit(byte == '\n' ? 0 : 1);
}

static pid_t start_job(int writes)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		job(writes);
	setpgid(pid, pid);
	return pid;
}

static void foreground(pid_t group)
{
	if (tcsetpgrp(STDIN_FILENO, group) < 0)
		printf("tcsetpgrp: %s\n", strerror(errno));
}

/*
 * What a shell does: a job in the background that reads, and one that writes,
 * are stopped by the terminal; brought to the foreground they go on. A job there
 * is stopped and ended by what is typed, and the shell is not.
 */
static int verb_jobs(char **words)
{
	struct termios mode;
	pid_t pid;

	(void)words;
	signal(SIGTTOU, SIG_IGN);
	pid = start_job(0);
	tell("reader", pid, 0);
	foreground(pid);
	kill(-pid, SIGCONT);
	tell("reader", pid, WCONTINUED);
	printf("type a line\n");
	tell("reader", pid, 0);
	foreground(getpgrp());

	tcgetattr(STDIN_FILENO, &mode);
	mode.c_lflag |= TOSTOP;
	tcsetattr(STDIN_FILENO, TCSANOW, &mode);
	/* An ignored SIGTTOU would be inherited, and let it write. */
	signal(SIGTTOU, SIG_DFL);
	pid = start_job(1);
	signal(SIGTTOU, SIG_IGN);
	tell("writer", pid, 0);
	foreground(pid);
	kill(-pid, SIGCONT);
	tell("writer", pid, 0);

	/* It is stopped for reading before it is in the foreground, not perhaps. */
	pid = start_job(0);
	waitpid(pid, NULL, WUNTRACED);
	foreground(pid);
	kill(-pid, SIGCONT);
	waitpid(pid, NULL, WCONTINUED);
	printf("type control-Z\n");
	tell("stopped", pid, 0);
	kill(-pid, SIGCONT);
	tell("stopped", pid, WCONTINUED);
	printf("type control-C\n");
	tell("ended", pid, 0);
	foreground(getpgrp());
	return 0;
}

/* Of the open file on standard output, for all that share it: 1, or 0. */
static int verb_nonblock(char **words)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	if (fcntl(STDOUT_FILENO, F_SETFL,
	          **words == '1' ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) < 0)
		return complain(*words);
	return 0;
}

/* Standard error goes nowhere from here on. */
static int verb_hush_errors(char **words)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)words;
	return null < 0 || dup2(null, STDERR_FILENO) < 0 ? complain("") : 0;
}

const struct verb tty_verbs[] = {
    {"hush-errors", 0, 0, verb_hush_errors},
    {"nonblock", 1, 0, verb_nonblock},
    {"winsize", 0, 0, verb_winsize},
    {"ttyname", 0, 0, verb_ttyname},
    {"reopen-tty", 0, 0, verb_reopen},
    {"raw", 0, 0, verb_raw},
    {"byte", 0, 0, verb_byte},
    {"jobs", 0, 0, verb_jobs},
    {NULL, 0, 0, NULL},
};
