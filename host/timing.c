/* SPDX-License-Identifier: MIT */
/* Where the time of a boot goes. */
#include "timing.h"

#include <stdio.h>

#include "error.h"

static void add(struct timing *t, const char *name, int64_t end_us, int64_t took_us)
{
	struct timing_row *row;
	size_t i = t->count;

	if (t->count == MAX_TIMING_ROWS)
		return;
	/* The last word, which says when the workload ended, comes after the shutdown. */
	for (; i > 0 && t->rows[i - 1].end_us > end_us; i--)
		t->rows[i] = t->rows[i - 1];
	row = &t->rows[i];
	t->count++;
	snprintf(row->name, sizeof(row->name), "%s", name);
	row->end_us = end_us;
	row->took_us = took_us;
}

void timing_note(struct timing *t, const struct report_message *m)
{
	switch (m->event) {
	case REPORT_PHASE:
		/* What was before the first is the kernel's, init's start with it. */
		if (!t->count && m->at_us >= m->us)
			add(t, "kernel", m->at_us - m->us, m->at_us - m->us);
		add(t, m->name, m->at_us, m->us);
		break;
	case REPORT_STARTED:
		t->started_us = m->at_us;
		break;
	case REPORT_EXIT:
		if (t->started_us && m->at_us >= t->started_us)
			add(t, "the workload ran", m->at_us, m->at_us - t->started_us);
		break;
	default:
		break;
	}
}

void timing_print(const struct timing *t)
{
	fail("timing: %10s  %10s  (ms since the kernel started)", "took", "until");
	for (size_t i = 0; i < t->count; i++)
		fail("timing: %10.1f  %10.1f  %s", (double)t->rows[i].took_us / 1000,
		     (double)t->rows[i].end_us / 1000, t->rows[i].name);
}
