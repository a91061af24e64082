/* SPDX-License-Identifier: MIT */
/* Where the time of a boot goes, by the guest's own clock, which starts with its kernel. */
#ifndef VMCONFIG_TIMING_H
#define VMCONFIG_TIMING_H

#include <stddef.h>
#include <stdint.h>

#include "report.h"

#define MAX_TIMING_ROWS 64

struct timing {
	struct timing_row {
		char name[64];
		int64_t end_us; /* since the kernel started */
		int64_t took_us;
	} rows[MAX_TIMING_ROWS];
	size_t count;
	int64_t started_us; /* the workload, 0: not yet */
};

/* timing_note() - take what a report says about time, if anything. A guest that says too much is
 * cut short. */
void timing_note(struct timing *t, const struct report_message *m);

/* timing_print() - a table on standard error, by the time of their ends. */
void timing_print(const struct timing *t);

/* timing_write() - the same rows as a JSON array in a file. Return: 0, or negative after printing a
 * line. */
int timing_write(const struct timing *t, const char *path);

#endif
