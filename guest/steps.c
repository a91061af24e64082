/* SPDX-License-Identifier: MIT */
/* A plan of steps between fork(2) and execve(2). */
#include "steps.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "list.h"

int steps_add(struct steps *plan, const struct step *step, const char *format, ...)
{
	struct step *items = list_grow(plan->items, plan->count, sizeof(*items));
	struct step *added;
	va_list args;
	int n;

	if (!items)
		return -ENOMEM;
	plan->items = items;
	added = &items[plan->count];
	*added = *step;
	va_start(args, format);
	n = vasprintf(&added->what, format, args);
	va_end(args);
	if (n < 0)
		return -ENOMEM;
	plan->count++;
	return 0;
}

void steps_release(struct steps *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		free(plan->items[i].what);
	free(plan->items);
	*plan = (struct steps){0};
}
