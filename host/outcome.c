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

/* QEMU's last line without its own name before it. */
static char *last_message(const struct outcome *o)
{
	char *text = tail_lines(o->messages, 1);
	const char *base = strrchr(o->program, '/');
	size_t prefix;

	if (!text)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	base = base ? base + 1 : o->program;
	prefix = strlen(base);
	if (strncmp(text, base, prefix) == 0 && strncmp(text + prefix, ": ", 2) == 0)
		memmove(text, text + prefix + 2, strlen(text + prefix + 2) + 1);
	return text;
}

/* No last word: either QEMU failed, or the guest's kernel did. */
static int no_report(const struct outcome *o)
{
	_cleanup_free_ char *message = last_message(o);
	const char *colon = message && *message ? ": " : "";
	const char *text = message ? message : "";

	if (WIFSIGNALED(o->vmm_status))
		fail("'%s' was ended by signal %d%s%s", o->program, WTERMSIG(o->vmm_status), colon,
		     text);
	else if (WEXITSTATUS(o->vmm_status))
		fail("'%s' ended with status %d%s%s", o->program, WEXITSTATUS(o->vmm_status), colon,
		     text);
	else
		fail("the guest ended without a report");
	show_console(o);
	return STATUS_INIT_FAILED;
}

static int exited(const struct outcome *o)
{
	if (o->end.error[0])
		fail("guest: %s", o->end.error);
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
	if (o->killed_by)
		return STATUS_SIGNAL_BASE + o->killed_by;
	if (o->end.event == REPORT_FAILED) {
		fail("guest: %s: %s", o->end.name, o->end.error);
		return STATUS_INIT_FAILED;
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
