/* SPDX-License-Identifier: MIT */
/* What goes into an initrd, before a byte of it is written: names, modes, contents. */
#ifndef VMCONFIG_INITRD_TREE_H
#define VMCONFIG_INITRD_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct initrd_entry {
	char *path; /* without the leading "/" */
	mode_t mode;
	char *content; /* of a file; of a link, where it leads */
	size_t length;
};

struct initrd_tree {
	struct initrd_entry *items; /* sorted by path once initrd_tree_finish() has returned */
	size_t count;
	size_t bytes;
	bool is_private; /* it holds what not everybody may read on the host */
};

/* All of them together: an initrd is unpacked into memory. */
#define MAX_INITRD_BYTES ((size_t)1 << 30)

/*
 * initrd_tree_add() - an entry of its own.
 * @path:    absolute, in the initrd
 * @content: becomes the tree's, also when this fails
 *
 * Return: 0, or negative after printing a line.
 */
int initrd_tree_add(struct initrd_tree *tree, const char *path, mode_t mode, char *content,
                    size_t length);

/*
 * initrd_tree_add_host() - a file of the host, or a directory with all that is in it.
 *
 * Owner and times are not kept; of the mode, whether it may be executed. A link
 * at @source is followed, links below it are kept as they are. Devices, sockets
 * and pipes are refused.
 *
 * Return: 0, or negative after printing a line.
 */
int initrd_tree_add_host(struct initrd_tree *tree, const char *source, const char *path);

/* initrd_tree_finish() - add the directories on the way, sort, refuse what stands twice. */
int initrd_tree_finish(struct initrd_tree *tree);

void initrd_tree_release(struct initrd_tree *tree);

#endif
