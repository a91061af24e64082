/* SPDX-License-Identifier: MIT */
/* All signals there are. */
#ifndef VMCONFIG_SIGNAL_SET_H
#define VMCONFIG_SIGNAL_SET_H

#include <signal.h>
#include <string.h>

/* signal_set_all() - also 32 to 34, which sigfillset(3) leaves to the C library: 34 is SIGRTMIN of
 * most programs, and init has no threads that would need them. */
static inline void signal_set_all(sigset_t *set)
{
	memset(set, 0xff, sizeof(*set));
}

#endif
