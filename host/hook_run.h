/* SPDX-License-Identifier: MIT */
/* One hook on the host: a program, its standard input, its limit. */
#ifndef VMCONFIG_HOOK_RUN_H
#define VMCONFIG_HOOK_RUN_H

struct hook;

#define HOOK_LIMIT_S 600 /* of a hook without a timeout, in the guest too */

/*
 * hook_run() - run it and wait for its end.
 * @state:  what it reads
 * @dir:    its working directory
 * @cancel: a descriptor; when it becomes readable, the hook is killed; -1: none
 * @why:    takes what went wrong, for free(), or NULL when memory is out
 *
 * It is executed itself, without a shell, has no other environment than its own,
 * and leads a session, so that what it starts is killed with it. What it says
 * goes to standard error.
 *
 * Return: 0, -EINTR when it was cancelled, or negative.
 */
int hook_run(const struct hook *hook, const char *state, const char *dir, int cancel, char **why);

#endif
