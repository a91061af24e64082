/* SPDX-License-Identifier: MIT */
/* Whether a process would see a signal, and which it has not, from its status in /proc. */
#include "signal_taker.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "own_proc.h"

/* The set that stands after @name; none: no signals. */
static uint64_t set_of(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? strtoull(at + strlen(name), NULL, 16) : 0;
}

static bool read_status(pid_t pid, char *status, size_t size)
{
	_cleanup_fd_ int fd = -1;
	char path[32];
	ssize_t n;

	snprintf(path, sizeof(path), "%d/status", (int)pid);
	fd = own_proc_open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, status, size - 1);
	status[n > 0 ? n : 0] = '\0';
	return n > 0;
}

uint64_t signals_that_wait(pid_t pid)
{
	char status[4096];

	if (!read_status(pid, status, sizeof(status)))
		return 0;
	return set_of(status, "\nSigPnd:") | set_of(status, "\nShdPnd:");
}

bool signal_is_taken(pid_t pid, int number)
{
	char status[4096];

	if (!read_status(pid, status, sizeof(status)))
		return true;
	return (set_of(status, "\nSigCgt:") | set_of(status, "\nSigBlk:")) >> (number - 1) & 1;
}
