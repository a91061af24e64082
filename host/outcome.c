/* SPDX-License-Identifier: MIT */
/* How a run ended. */
#include "outcome.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "tail.h"

#define CONSOLE_LINES 60 /* a panic with its backtrace */
#define MESSAGE_LINES 20

/* The console's last lines are evidence when nobody said what went wrong. */
static void show_console(const struct outcome *o)
{
	_cleanup_free_ char *text = NULL;
	size_t length;

	if (o->console_shown)
		return;
	text = tail_lines(o->console, CONSOLE_LINES);
	length = text ? strlen(text) : 0;
	if (length && write(STDERR_FILENO, text, length) == (ssize_t)length &&
	    text[length - 1] != '\n')
		(void)!write(STDERR_FILENO, "\n", 1);
}

/*
 * What QEMU said last: from the last line that begins with its name, without
 * that, or the last line of all. Further lines, its advice, are joined to it.
 */
static char *find_message(char *text, const char *name)
{
	size_t length = strlen(name), end = strlen(text);
	char *found = NULL, *last = text;

	while (end && text[end - 1] == '\n')
		text[--end] = '\0';
	for (char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		last = line;
		if (strncmp(line, name, length) == 0 && strncmp(line + length, ": ", 2) == 0)
			found = line + length + 2;
	}
	for (char *c = found ? found : last; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return found ? found : last;
}

static void print_vmm_end(const struct outcome *o, const char *how, int number)
{
	_cleanup_free_ char *text = tail_lines(o->messages, MESSAGE_LINES);
	const char *slash = strrchr(o->program, '/');
	const char *message = text ? find_message(text, slash ? slash + 1 : o->program) : "";

	fail("'%s' %s %d%s%s", o->program, how, number, *message ? ": " : "", message);
}

/* No last word: either QEMU failed, or the guest's kernel did. */
static int no_report(const struct outcome *o)
{
	if (WIFSIGNALED(o->vmm_status))
		print_vmm_end(o, "was ended by signal", WTERMSIG(o->vmm_status));
	else if (WEXITSTATUS(o->vmm_status))
		print_vmm_end(o, "ended with status", WEXITSTATUS(o->vmm_status));
	else if (!o->console->total)
		fail("the guest ended without a word: has it enough memory?");
	else
		fail("the guest ended without a report");
	show_console(o);
	return STATUS_INIT_FAILED;
}

static int exited(const struct outcome *o)
{
	if (o->end.error[0])
		fail("guest: %s", o->end.error);
	if (o->end.oom)
		fail("guest: out of memory: the kernel has killed the workload");
	if (o->power_stuck)
		warn("the virtual machine did not power off and was killed");
	if (o->missing) {
		fail("%llu bytes of the workload's output are missing",
		     (unsigned long long)o->missing);
		return STATUS_INIT_FAILED;
	}
	return o->end.code;
}

int outcome_status(const struct outcome *o)
{
	const char *code = o->end.failure;

	if (o->killed_by)
		return STATUS_SIGNAL_BASE + o->killed_by;
	if (o->start_failed)
		return STATUS_INIT_FAILED;
	if (o->end.event == REPORT_FAILED) {
		fail("guest: %s: %s%s%s%s", o->end.name, o->end.error, *code ? " [" : "", code,
		     *code ? "]" : "");
		return STATUS_INIT_FAILED;
	}
	if (o->deaf && !o->end.event) {
		warn("'%s' was killed: there is no way to ask its guest to stop", o->program);
		return STATUS_SIGNAL_BASE + SIGKILL;
	}
	if (o->stop_limit_s) {
		fail("the guest did not stop within %lld s and was killed",
		     (long long)o->stop_limit_s);
		show_console(o);
		return STATUS_INIT_FAILED;
	}
	if (o->timed_out_s) {
		fail("timed out after %lld s", (long long)o->timed_out_s);
		return STATUS_INIT_FAILED;
	}
	if (o->sink_error == EPIPE)
		return STATUS_SIGNAL_BASE + SIGPIPE;
	if (o->sink_error) {
		fail_errno(o->sink_error, "cannot write the workload's output");
		return STATUS_INIT_FAILED;
	}
	return o->end.event == REPORT_EXIT ? exited(o) : no_report(o);
}
