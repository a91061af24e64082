/* SPDX-License-Identifier: MIT */
/* The last bytes of something that may say much, for when it turns out to matter. */
#ifndef VMCONFIG_TAIL_H
#define VMCONFIG_TAIL_H

#include <stddef.h>
#include <stdint.h>

#define TAIL_SIZE ((size_t)64 << 10)

struct tail {
	char bytes[TAIL_SIZE]; /* a ring */
	uint64_t total;        /* bytes ever added */
};

void tail_add(struct tail *t, const char *bytes, size_t length);

/*
 * tail_lines() - the last @lines lines, without carriage returns and without a line that
 * has lost its beginning.
 *
 * Return: a string for free(), empty when there was nothing, or NULL when out of memory.
 */
char *tail_lines(const struct tail *t, unsigned lines);

#endif
