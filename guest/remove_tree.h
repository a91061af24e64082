/* SPDX-License-Identifier: MIT */
/* Removing what is in a directory. */
#ifndef VMCONFIG_REMOVE_TREE_H
#define VMCONFIG_REMOVE_TREE_H

/*
 * remove_contents() - all files of the directory and of those below, but not what is mounted there;
 * what cannot be removed stays. No link is followed.
 * @fd: the directory, open for reading; taken over
 */
void remove_contents(int fd);

#endif
