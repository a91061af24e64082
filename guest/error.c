/* SPDX-License-Identifier: MIT */
/* How a phase says why it fails. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"

int guest_error(struct guest *g, int errnum, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(g->error, sizeof(g->error), format, args);
	va_end(args);
	if (errnum && n >= 0 && (size_t)n < sizeof(g->error))
		snprintf(g->error + n, sizeof(g->error) - (size_t)n, ": %s", strerror(errnum));
	return errnum ? -errnum : -EINVAL;
}
