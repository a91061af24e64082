/* SPDX-License-Identifier: MIT */
/* The config's start_container hooks: programs of the guest that run before the workload does. */
#ifndef VMCONFIG_HOOKS_H
#define VMCONFIG_HOOKS_H

#include <sys/types.h>

struct guest;

/* How long a hook may take that has no timeout of its own: a boot does not hang. */
#define HOOK_LIMIT_S 600

/*
 * hooks_run() - one after the other, as root, with init's own rights.
 * @pid: of the process that waits to become the workload
 *
 * Each has the OCI state on its standard input and the console for its output.
 * One that fails, or is killed for it has taken too long, ends the row.
 *
 * Return: 0, or negative after guest_error() with the hook's path.
 */
int hooks_run(struct guest *g, pid_t pid);

#endif
