/* SPDX-License-Identifier: MIT */
/*
 * A BPF program for seccomp(2), written from its end to its beginning: jumps
 * go forward only, so that the place they lead to is always known.
 *
 * A label counts instructions from the end of the program.
 */
#ifndef VMCONFIG_SECCOMP_PROGRAM_H
#define VMCONFIG_SECCOMP_PROGRAM_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seccomp_words.h"

#define MAX_PROGRAM BPF_MAXINSNS

struct program {
	struct sock_filter code[MAX_PROGRAM]; /* the last one written first */
	size_t count;                         /* also those for which there was no room */
};

typedef size_t label;

/* A condition on one argument of a system call. */
struct condition {
	unsigned index; /* 0 to 5 */
	enum seccomp_op op;
	uint64_t value; /* of OP_MASKED_EQ the mask */
	uint64_t value_two;
	bool wide; /* all of 64 bits; else the lower 32 of the argument and of the values */
};

/* Each writes what comes before all that has been written. Return: where that begins. */

label program_return(struct program *p, uint32_t action);
label program_load(struct program *p, uint32_t offset);
/* program_jump() - compare what was loaded by BPF_JEQ, BPF_JGT or BPF_JGE. */
label program_jump(struct program *p, unsigned compare, uint32_t with, label yes, label no);
label program_test(struct program *p, const struct condition *c, label yes, label no);

/* program_reverse() - the program in its own order. Return: 0, or -E2BIG over MAX_PROGRAM. */
int program_reverse(struct program *p);

#endif
