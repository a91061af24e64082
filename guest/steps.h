/* SPDX-License-Identifier: MIT */
/*
 * A plan of steps: what the workload's process does to itself between fork(2)
 * and execve(2). Made before, so that the child neither allocates nor decides;
 * each step can be printed, and says what could not be done when it fails.
 */
#ifndef VMCONFIG_STEPS_H
#define VMCONFIG_STEPS_H

#include <stddef.h>
#include <stdint.h>

struct step {
	/* Uses system calls alone. Return: 0 or -errno. */
	int (*apply)(const struct step *step);
	char *what; /* owned; what stands after "cannot" when it fails */
	/* What it is done with, as apply knows it. */
	const void *object; /* outlives the plan */
	uint64_t values[3];
};

struct steps {
	struct step *items;
	size_t count;
};

/*
 * steps_add() - append @step; its text is made from @format.
 * Return: 0 or -ENOMEM.
 */
int steps_add(struct steps *plan, const struct step *step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void steps_release(struct steps *plan);

#endif
