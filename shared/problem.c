/* SPDX-License-Identifier: MIT */
/* A list of what is wrong with a document. */
#include "problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

void problem_add(struct problems *p, enum severity severity, const char *rule,
                 const struct place *place, const char *format, ...)
{
	struct problem new = {.severity = severity, .rule = rule};
	struct problem *items;
	va_list args;

	if (severity == SEVERITY_ERROR)
		p->errors++;
	if (p->count >= MAX_PROBLEMS) {
		p->lost++;
		return;
	}
	va_start(args, format);
	if (vasprintf(&new.message, format, args) < 0)
		new.message = NULL;
	va_end(args);
	new.pointer = strdup(place && place->pointer ? place->pointer : "");
	if (place) {
		new.line = place->line;
		new.column = place->column;
	}

	items = list_grow(p->items, p->count, sizeof(new));
	if (!new.message || !new.pointer || !items) {
		free(new.message);
		free(new.pointer);
		if (items)
			p->items = items;
		p->out_of_memory = true;
		return;
	}
	p->items = items;
	p->items[p->count++] = new;
}

int problems_result(const struct problems *p)
{
	if (p->out_of_memory)
		return -ENOMEM;
	return p->errors ? -EINVAL : 0;
}

void problems_be_strict(struct problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		p->items[i].severity = SEVERITY_ERROR;
	p->errors = p->count + p->lost;
}

const struct problem *problems_first_error(const struct problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].severity == SEVERITY_ERROR)
			return &p->items[i];
	return NULL;
}

void problems_release(struct problems *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].pointer);
		free(p->items[i].message);
	}
	free(p->items);
	*p = (struct problems){0};
}
