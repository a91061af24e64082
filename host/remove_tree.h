/* SPDX-License-Identifier: MIT */
/* Removing directories that others have filled. */
#ifndef VMCONFIG_REMOVE_TREE_H
#define VMCONFIG_REMOVE_TREE_H

/*
 * remove_tree_content() - everything in a directory, however deep.
 * @dir: its descriptor, which stays open
 *
 * No link is followed, and no other filesystem is entered: what is mounted in
 * the directory is an error (-EXDEV).
 *
 * Return: 0 or -errno.
 */
int remove_tree_content(int dir);

#endif
