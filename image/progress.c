/* SPDX-License-Identifier: MIT */
/* One line on a terminal, written over and over. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "error.h"

#define INTERVAL_NS 100000000ull

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void clear_line(void)
{
	static const char clear[] = "\r\033[K";

	/* What is in the way of this is in the way of the next words, too. */
	if (write(STDERR_FILENO, clear, sizeof(clear) - 1) < 0)
		return;
}

void progress_begin(struct progress *p, bool quiet)
{
	*p = (struct progress){.shown = !quiet && isatty(STDERR_FILENO)};
	if (p->shown)
		before_messages(clear_line);
}

static void show(struct progress *p)
{
	char line[120];
	int n = snprintf(line, sizeof(line), "\r%s", p->what);

	if (p->steps)
		n += snprintf(line + n, sizeof(line) - (size_t)n, " %u of %u", p->step, p->steps);
	if (p->total)
		n += snprintf(line + n, sizeof(line) - (size_t)n, ", %llu of %llu MiB",
		              (unsigned long long)(p->done >> 20),
		              (unsigned long long)(p->total >> 20));
	n += snprintf(line + n, sizeof(line) - (size_t)n, "\033[K\r");
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		p->shown = false;
	p->last_shown = now();
}

void progress_step(struct progress *p, const char *what, unsigned step, unsigned steps,
                   uint64_t total)
{
	p->what = what;
	p->step = step;
	p->steps = steps;
	p->total = total;
	p->done = 0;
	if (p->shown)
		show(p);
}

void progress_add(struct progress *p, uint64_t bytes)
{
	if (!p)
		return;
	p->done += bytes;
	if (p->shown && now() - p->last_shown > INTERVAL_NS)
		show(p);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		clear_line();
	before_messages(NULL);
	p->shown = false;
}
