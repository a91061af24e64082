/* SPDX-License-Identifier: MIT */
/* What is wrong with an entry. */
#include "complaint.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int complain(struct complaint *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->text, sizeof(c->text), format, args);
	va_end(args);
	return -EINVAL;
}

int complain_memory(struct complaint *c)
{
	complain(c, "out of memory");
	return -ENOMEM;
}
