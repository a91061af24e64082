/* SPDX-License-Identifier: MIT */
/*
 * Mounts that are not in the tree yet: made, given their attributes and their
 * content, and only then put where they can be seen.
 */
#ifndef VMCONFIG_MOUNT_TREE_H
#define VMCONFIG_MOUNT_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct mount_change;

/* tree_clone() - a copy of the mount of what is open at @fd, for a bind mount; @recursive: with
 * those below. Return: fd or -errno. */
int tree_clone(int fd, bool recursive);

/* tree_change() - mount_setattr(2), of it or of it and all below. Return: 0 or -errno. */
int tree_change(int fd, const struct mount_change *change, bool recursive);

/* tree_attach() - put the mount @fd onto what is open at @target_fd. Return: 0 or -errno. */
int tree_attach(int fd, int target_fd);

/*
 * tree_empty() - an empty tmpfs.
 * @size, @mode: options of tmpfs(5), or NULL
 *
 * Return: fd or -errno.
 */
int tree_empty(const char *size, const char *mode);

#endif
