/* SPDX-License-Identifier: MIT */
/* The state of a container as OCI's hooks read it on their standard input. */
#ifndef VMCONFIG_HOOK_STATE_H
#define VMCONFIG_HOOK_STATE_H

#include <sys/types.h>

struct strmap;

struct hook_state {
	const char *id;
	const char *status;
	pid_t pid; /* 0: there is no process, and the state has none */
	const char *bundle;
	const struct strmap *annotations; /* may be NULL */
};

/* hook_state_text() - a JSON object, as runtime-spec has it; for free(), NULL when out of memory.
 */
char *hook_state_text(const struct hook_state *s);

#endif
