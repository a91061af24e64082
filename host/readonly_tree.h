/* SPDX-License-Identifier: MIT */
/* A tree of the host that what runs here from now on cannot write. */
#ifndef VMCONFIG_READONLY_TREE_H
#define VMCONFIG_READONLY_TREE_H

/*
 * readonly_tree() - enter a mount namespace of our own, where the tree at @path, with all that is
 * mounted below it, is read-only. What is mounted there later is not seen.
 *
 * Return: 0, or -errno: -ENOSYS of a kernel before 5.12.
 */
int readonly_tree(const char *path);

#endif
