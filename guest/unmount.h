/* SPDX-License-Identifier: MIT */
/* Taking a tree of filesystems apart, from outside. */
#ifndef VMCONFIG_UNMOUNT_H
#define VMCONFIG_UNMOUNT_H

#include <stddef.h>

struct in_use;

/*
 * unmount_tree() - unmount what is below a directory, the last mounted first.
 * @below: "" for everything but init's own root and /proc
 * @devices: of what is mounted there, for what leftovers_release() makes of them; may be NULL
 *
 * What does not come back is given up, see delegate.h.
 *
 * Return: how many are left.
 */
size_t unmount_tree(const char *below, const struct in_use *devices);

/* unmount_make_readonly() - what is left below it; each is named in the log. */
void unmount_make_readonly(const char *below);

#endif
