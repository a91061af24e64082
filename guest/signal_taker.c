/* SPDX-License-Identifier: MIT */
/* Whether a process would see a signal, from its status in /proc. */
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

bool signal_is_taken(pid_t pid, int number)
{
	char path[32], status[4096];
	_cleanup_fd_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/status", (int)pid);
	fd = own_proc_open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
	if (n <= 0)
		return true;
	status[n] = '\0';
	return (set_of(status, "\nSigCgt:") | set_of(status, "\nSigBlk:")) >> (number - 1) & 1;
}
