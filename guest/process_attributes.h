/* SPDX-License-Identifier: MIT */
/* What the kernel keeps of a process beside its identity: limits, scheduling, out-of-memory score,
 * execution domain. */
#ifndef VMCONFIG_PROCESS_ATTRIBUTES_H
#define VMCONFIG_PROCESS_ATTRIBUTES_H

#include "vmconfig.h"

struct guest;
struct steps;

/*
 * Each adds to the plan what the config asks for, if it does.
 * Return: 0, or negative after guest_error() for a word that is not known.
 */
int attributes_oom_score(struct guest *g, struct steps *plan);
int attributes_scheduling(struct guest *g, struct steps *plan);
int attributes_personality(struct guest *g, struct steps *plan);
/* Late: with little room for files nothing more can be opened. */
int attributes_rlimits(struct guest *g, struct steps *plan);

#endif
