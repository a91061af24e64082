/* SPDX-License-Identifier: MIT */
/* What a hook is executed with, in the guest as on the host. */
#ifndef VMCONFIG_HOOK_EXEC_H
#define VMCONFIG_HOOK_EXEC_H

struct strlist;

/*
 * hook_state_open() - the state, to be a hook's standard input.
 *
 * A file rather than a pipe: a hook need not read it.
 *
 * Return: a descriptor at the text's begin, or -errno.
 */
int hook_state_open(const char *text);

/*
 * hook_vector() - the list as execve(2) wants it.
 * @first: stands in for an empty list; may be NULL
 *
 * Return: for free(), the strings stay the list's; or NULL when out of memory.
 */
char **hook_vector(const struct strlist *list, char *first);

#endif
