/* SPDX-License-Identifier: MIT */
/*
 * Work that may never come back, such as a sync to a device that has gone, is
 * a child's: when it takes too long it is left to itself, and init goes on.
 */
#ifndef VMCONFIG_DELEGATE_H
#define VMCONFIG_DELEGATE_H

#include <stdbool.h>
#include <stdint.h>

/* How long a child may take: so many windows, each of which must see the counter move. */
struct patience {
	int64_t window_us;
	int windows;
	/* What counts as progress, such as pages written; NULL: the kernel's /proc/vmstat. */
	uint64_t (*progress)(void);
};

struct delegate_work {
	int (*run)(void *data); /* in the child. Return: 0 or -errno */
	void *data;
	/* Descriptor that the child alone has while it works, and closes in the end; init closes
	 * its own. Of a last reference the closing is work, too. -1: none. */
	int give_fd;
	const struct patience *patience; /* NULL: what is usual */
};

/*
 * delegate() - have a child do the work, and wait for it within limits.
 *
 * Once one child has been given up the usual patience is short: a device that
 * has gone must not be waited for again and again. Where there can be no child
 * the work is done here, unlimited.
 *
 * Return: what the work returns, or -ETIMEDOUT when it has been given up.
 */
int delegate(const struct delegate_work *work);

/* delegate_gave_up() - whether any child has been given up so far. */
bool delegate_gave_up(void);

/* delegate_vmstat() - sum of what /proc/vmstat-like @text counts as written or swapped in. */
uint64_t delegate_vmstat(const char *text);

#endif
