/* SPDX-License-Identifier: MIT */
/* The workload's standard streams: ports through pipes, else the console. */
#ifndef VMCONFIG_STDIO_PLAN_H
#define VMCONFIG_STDIO_PLAN_H

#include "workload.h"

struct guest;
struct identity;

struct stdio_plan {
	int child[STREAM_COUNT]; /* what becomes the child's 0, 1 and 2; above 2; -1 when not open
	                          */
};

/*
 * stdio_plan_make() - open what the config and the VMM provide.
 *
 * terminal: a pseudo terminal for all three, which the ports for input and
 * output, or else the console, are the other side of. Otherwise each stream has its port when
 * there is one, through a pipe that belongs to the workload's user (who may
 * want to open /dev/stdout again); without ports standard input is /dev/null
 * and output goes to the console.
 *
 * Fills workload.streams with init's ends.
 *
 * Return: 0, or negative after guest_error(); release it whatever the result.
 */
int stdio_plan_make(struct guest *g, struct stdio_plan *plan, const struct identity *identity);

/* stdio_plan_release() - close the child's ends in init. */
void stdio_plan_release(struct stdio_plan *plan);

#endif
