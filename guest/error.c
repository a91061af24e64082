/* SPDX-License-Identifier: MIT */
/* How a phase says why it fails, and what else there is to be known. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "guest.h"
#include "list.h"
#include "log.h"
#include "stop_request.h"

/* STOP_ASKED is of stop_wait() alone. */
static const char *explain(int errnum)
{
	return errnum == STOP_ASKED ? "a stop has been asked for" : strerror(errnum);
}

static void __attribute__((format(printf, 3, 0)))
say(struct guest *g, int errnum, const char *format, va_list args)
{
	const char *why = errnum ? explain(errnum) : "";
	size_t room = sizeof(g->error) - (errnum ? strlen(": ") + strlen(why) : 0);
	int n;

	/* A path may be longer than all of it: what is cut off is its end, not the reason. */
	n = vsnprintf(g->error, room, format, args);
	if (n < 0)
		n = 0;
	if ((size_t)n >= room)
		n = (int)room - 1;
	if (errnum)
		snprintf(g->error + n, sizeof(g->error) - (size_t)n, ": %s", why);
	g->error_number = errnum;
}

int guest_error(struct guest *g, int errnum, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(g, errnum, format, args);
	va_end(args);
	g->failure = errnum == STOP_ASKED ? FAILURE_STOPPED : NULL;
	return errnum ? -errnum : -EINVAL;
}

int guest_error_as(struct guest *g, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(g, 0, format, args);
	va_end(args);
	g->failure = code;
	return -EINVAL;
}

void guest_notice(struct guest *g, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	log_debug("%s", text);
	/* Not worth a boot, when there is no memory for it. */
	(void)strlist_add(&g->notices, text);
}
