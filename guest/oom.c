/* SPDX-License-Identifier: MIT */
/* Kills by the kernel for want of memory. */
#include "oom.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"

#define READ_LAST  3 /* SYSLOG_ACTION_READ_ALL: what fits, the newest */
#define LOG_SIZE   (64 << 10)
#define MAX_DIGITS 10

/* The last priority of the kernel's own facility: what processes write has another
 * (devkmsg_write()). */
#define MAX_KERNEL_PRIORITY 7

/* Step over a number. Return: what follows, or NULL when there is none. */
static const char *take_number(const char *at, const char *end, long *number)
{
	int digits = 0;

	for (*number = 0; at < end && *at >= '0' && *at <= '9'; at++, digits++) {
		if (digits == MAX_DIGITS)
			return NULL;
		*number = *number * 10 + (*at - '0');
	}
	return digits ? at : NULL;
}

static const char *take_text(const char *at, const char *end, const char *text)
{
	size_t n = strlen(text);

	if (!at || (size_t)(end - at) < n || memcmp(at, text, n) != 0)
		return NULL;
	return at + n;
}

/* "<6>[   12.345678][ T12] text": to the text, or NULL for what is not the kernel's. */
static const char *take_prefix(const char *at, const char *end)
{
	long priority;

	at = take_text(at, end, "<");
	if (at)
		at = take_number(at, end, &priority);
	if (!at || priority > MAX_KERNEL_PRIORITY)
		return NULL;
	at = take_text(at, end, ">");
	while (at && at < end && *at == '[') {
		at = memchr(at, ']', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	return at && at < end && *at == ' ' ? at + 1 : at;
}

/* Who has been killed, if the line says that at its very beginning (oom_kill_process()), else 0. */
static long victim_of(const char *line, const char *end)
{
	static const char *const beginnings[] = {
	    "Out of memory: Killed process ",
	    "Out of memory (oom_kill_allocating_task): Killed process ",
	    "Memory cgroup out of memory: Killed process ",
	};
	const char *text = take_prefix(line, end), *at = NULL;
	long pid;

	for (size_t i = 0; text && !at && i < sizeof(beginnings) / sizeof(*beginnings); i++)
		at = take_text(text, end, beginnings[i]);
	at = at ? take_number(at, end, &pid) : NULL;
	return take_text(at, end, " (") ? pid : 0;
}

enum oom_record oom_record_in(const char *log, size_t length, pid_t pid)
{
	const char *end = log + length;
	enum oom_record found = OOM_RECORD_NONE;

	while (log < end) {
		const char *line_end = memchr(log, '\n', (size_t)(end - log));
		long victim = victim_of(log, line_end ? line_end : end);

		if (victim == pid)
			return OOM_RECORD_FOUND;
		if (victim)
			found = OOM_RECORD_OTHERS;
		log = line_end ? line_end + 1 : end;
	}
	return found;
}

static enum oom_record read_record(pid_t pid)
{
	static char log[LOG_SIZE]; /* takes memory only once it is used */
	long n = syscall(SYS_syslog, READ_LAST, log, sizeof(log));

	return n > 0 ? oom_record_in(log, (size_t)n, pid) : OOM_RECORD_NONE;
}

bool oom_killed(pid_t pid)
{
	switch (read_record(pid)) {
	case OOM_RECORD_FOUND:
		return true;
	case OOM_RECORD_OTHERS:
		return false;
	case OOM_RECORD_NONE:
		break;
	}
	return cgroup_oom_kills() > 0;
}
