/* SPDX-License-Identifier: MIT */
/* From a path to a directory of the tree and a name in it. */
#ifndef VMCONFIG_WALK_H
#define VMCONFIG_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct complaint;
struct inode;
struct tree;

struct walk {
	struct tree *tree;
	struct complaint *complaint;
	bool create;    /* directories that are missing */
	unsigned layer; /* theirs */
	int64_t time;   /* theirs */
};

/* What a path means. */
struct place_in_tree {
	struct inode *dir;
	const char *name; /* in the path, not terminated; NULL when the path is the root itself */
	size_t length;
};

/*
 * walk_path() - resolve all of a path but its last component.
 *
 * A symbolic link on the way is followed as the running system would follow
 * it: "/" and ".." do not lead beyond the tree's root. A ".." in @path itself
 * is refused; a "/" at its front, which umoci writes, means the tree's root.
 *
 * Return: 0; -ENOENT, silently, when a directory is missing and not to be
 * created; else -errno after a complaint.
 */
int walk_path(const struct walk *w, const char *path, struct place_in_tree *place);

#endif
