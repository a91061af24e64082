/* SPDX-License-Identifier: MIT */
/* All signals there are. */
#ifndef VMCONFIG_SIGNAL_SET_H
#define VMCONFIG_SIGNAL_SET_H

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* signal_set_all() - also 32 to 34, which sigfillset(3) leaves to the C library: 34 is SIGRTMIN of
 * most programs, and init has no threads that would need them. */
static inline void signal_set_all(sigset_t *set)
{
	memset(set, 0xff, sizeof(*set));
}

/* signal_reset_actions() - for another program: what init ignores is not ignored there. */
static inline void signal_reset_actions(void)
{
	/* SIG_DFL as the kernel lays it out: the C library keeps 32 to 34 to itself. */
	static const unsigned long by_default[8];

	for (int i = 1; i <= 64; i++)
		syscall(SYS_rt_sigaction, i, by_default, NULL, 8);
}

/* signal_reset_all() - the same, and nothing is blocked. */
static inline void signal_reset_all(void)
{
	sigset_t none;

	signal_reset_actions();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

#endif
