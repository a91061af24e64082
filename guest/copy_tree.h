/* SPDX-License-Identifier: MIT */
/* A directory's content, once more. */
#ifndef VMCONFIG_COPY_TREE_H
#define VMCONFIG_COPY_TREE_H

/*
 * copy_tree() - files, directories and links with their modes, owners and times; device nodes,
 * pipes and sockets are left out, and so is what is mounted below.
 * @from, @to: O_PATH of directories
 *
 * Return: 0 or -errno (-ELOOP when it is too deep).
 */
int copy_tree(int from, int to);

#endif
