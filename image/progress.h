/* SPDX-License-Identifier: MIT */
/* How far it is, on a terminal; elsewhere nothing is said. */
#ifndef VMCONFIG_PROGRESS_H
#define VMCONFIG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;
	const char *what; /* "reading layer 2 of 3" is made of this and the numbers */
	unsigned step, steps;
	uint64_t done, total; /* bytes; total 0: not known */
	uint64_t last_shown;  /* monotonic nanoseconds */
};

/* progress_begin() - @quiet: say nothing on a terminal either. */
void progress_begin(struct progress *p, bool quiet);

/* progress_step() - what is being done now, and how many bytes it is. */
void progress_step(struct progress *p, const char *what, unsigned step, unsigned steps,
                   uint64_t total);

/* progress_add() - bytes done; @p may be NULL. */
void progress_add(struct progress *p, uint64_t bytes);

/* progress_end() - leave the terminal's line empty, for what is said next. */
void progress_end(struct progress *p);

#endif
