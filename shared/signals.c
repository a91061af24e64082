/* SPDX-License-Identifier: MIT */
/* Signal names, without the C library's: musl counts SIGRTMIN from 35, the images' glibc from 34.
 */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { RTMIN = 34, RTMAX = 64 };

static const char *const names[] = {
    [SIGHUP] = "HUP",   [SIGINT] = "INT",       [SIGQUIT] = "QUIT", [SIGILL] = "ILL",
    [SIGTRAP] = "TRAP", [SIGABRT] = "ABRT",     [SIGBUS] = "BUS",   [SIGFPE] = "FPE",
    [SIGKILL] = "KILL", [SIGUSR1] = "USR1",     [SIGSEGV] = "SEGV", [SIGUSR2] = "USR2",
    [SIGPIPE] = "PIPE", [SIGALRM] = "ALRM",     [SIGTERM] = "TERM", [SIGSTKFLT] = "STKFLT",
    [SIGCHLD] = "CHLD", [SIGCONT] = "CONT",     [SIGSTOP] = "STOP", [SIGTSTP] = "TSTP",
    [SIGTTIN] = "TTIN", [SIGTTOU] = "TTOU",     [SIGURG] = "URG",   [SIGXCPU] = "XCPU",
    [SIGXFSZ] = "XFSZ", [SIGVTALRM] = "VTALRM", [SIGPROF] = "PROF", [SIGWINCH] = "WINCH",
    [SIGIO] = "IO",     [SIGPWR] = "PWR",       [SIGSYS] = "SYS",
};

static const struct {
	const char *name;
	int number;
} aliases[] = {
    {"IOT", SIGABRT}, {"CLD", SIGCHLD}, {"POLL", SIGIO}, {"RTMIN", RTMIN}, {"RTMAX", RTMAX}};

/* A whole decimal number within 0..RTMAX, or -1. */
static int small_number(const char *s)
{
	int n = 0;

	if (!*s)
		return -1;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return -1;
		n = n * 10 + (*s - '0');
		if (n > RTMAX)
			return -1;
	}
	return n;
}

static int real_time(const char *name)
{
	int n;

	if (strncasecmp(name, "RTMIN+", 6) == 0) {
		n = small_number(name + 6);
		return n >= 0 && RTMIN + n <= RTMAX ? RTMIN + n : -EINVAL;
	}
	if (strncasecmp(name, "RTMAX-", 6) == 0) {
		n = small_number(name + 6);
		return n >= 0 && RTMAX - n >= RTMIN ? RTMAX - n : -EINVAL;
	}
	return -EINVAL;
}

int signal_parse(const char *text)
{
	int n = small_number(text);

	if (n > 0)
		return n;
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (size_t i = 1; i < sizeof(names) / sizeof(*names); i++)
		if (names[i] && strcasecmp(names[i], text) == 0)
			return (int)i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (strcasecmp(aliases[i].name, text) == 0)
			return aliases[i].number;
	return real_time(text);
}

void signal_format(int number, char *name, size_t size)
{
	if (number > 0 && number < (int)(sizeof(names) / sizeof(*names)) && names[number])
		snprintf(name, size, "SIG%s", names[number]);
	else if (number == RTMIN)
		snprintf(name, size, "SIGRTMIN");
	else if (number > RTMIN)
		snprintf(name, size, "SIGRTMIN+%d", number - RTMIN);
	else
		snprintf(name, size, "%d", number);
}
