/* SPDX-License-Identifier: MIT */
/* The clock that waits with a limit go by: nobody sets it. */
#ifndef VMCONFIG_MONOTONIC_H
#define VMCONFIG_MONOTONIC_H

#include <stdint.h>
#include <time.h>

/* monotonic_ms() - milliseconds since some time in the past. */
static inline int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
