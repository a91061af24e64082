/* SPDX-License-Identifier: MIT */
/* Standard output, checked. */
#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "error.h"

static int output_error;

void output(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vprintf(format, args) < 0 && !output_error)
		output_error = errno;
	va_end(args);
}

int output_finish(void)
{
	if (fflush(stdout) != 0 && !output_error)
		output_error = errno;
	if (output_error)
		return fail_errno(output_error, "cannot write standard output");
	return 0;
}
