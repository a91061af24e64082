/* SPDX-License-Identifier: MIT */
/* Time that only goes forward, for limits and durations. */
#ifndef VMCONFIG_CLOCK_H
#define VMCONFIG_CLOCK_H

#include <stdint.h>
#include <time.h>

/* clock_us() - microseconds since the kernel started (CLOCK_BOOTTIME). */
static inline int64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* clock_left_ms() - milliseconds until @deadline_us, for poll(2): never negative, -1 for no
 * deadline (0). */
static inline int clock_left_ms(int64_t deadline_us)
{
	int64_t left;

	if (!deadline_us)
		return -1;
	left = deadline_us - clock_us();
	if (left <= 0)
		return 0;
	left = (left + 999) / 1000;
	return left > 86400000 ? 86400000 : (int)left;
}

#endif
