/* SPDX-License-Identifier: MIT */
/* One line a message. */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *log_program = "vmconfig";
static int log_fd = STDERR_FILENO;
static enum log_level log_limit = LOG_LEVEL_INFO;
static bool log_to_kmsg;

/* syslog(2) priorities, by enum log_level; the facility is "daemon", so that they are not taken for
 * the kernel's. */
static const char *const kmsg_prefix[] = {"<27>", "<28>", "<30>", "<31>"};

void log_setup(const char *program, int fd, enum log_level level)
{
	log_program = program;
	log_fd = fd;
	log_limit = level;
	log_to_kmsg = false;
}

void log_kmsg(int fd)
{
	log_fd = fd;
	log_to_kmsg = true;
}

/* Names from configs and disks stand in messages: none may start a line or move a cursor. */
static void replace_controls(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

void log_line(enum log_level level, const char *format, ...)
{
	int saved = errno;
	char line[1024];
	va_list args;
	int n;

	if (level > log_limit)
		return;
	n = snprintf(line, sizeof(line) - 1, "%s%s: ", log_to_kmsg ? kmsg_prefix[level] : "",
	             log_program);
	errno = saved; /* for %m */
	va_start(args, format);
	vsnprintf(line + n, sizeof(line) - 1 - (size_t)n, format, args);
	va_end(args);
	replace_controls(line);
	n = (int)strlen(line);
	line[n++] = '\n';
	while (write(log_fd, line, (size_t)n) < 0 && errno == EINTR)
		;
	errno = saved;
}
