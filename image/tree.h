/* SPDX-License-Identifier: MIT */
/*
 * The root filesystem as it will be: names and inodes, without the bytes of
 * files. What it takes grows with the number of names alone.
 */
#ifndef VMCONFIG_TREE_H
#define VMCONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "xattrs.h"

#define MAX_NAME_BYTES         255u                /* of one component */
#define MAX_PATH_BYTES         4095u               /* of a whole path: PATH_MAX counts a NUL */
#define MAX_FILE_BYTES_IN_TREE ((uint64_t)1 << 44) /* what extents of 4 KiB blocks can number */
#define MAX_TREE_DEPTH         1024u               /* directories within each other */
#define MAX_HARD_LINKS         65000u              /* names of one inode, what ext4 can count */

/* A run of blocks of a file that is in one piece in the image. */
struct extent {
	uint64_t logical;  /* block of the file */
	uint64_t physical; /* block of the image */
	uint64_t count;
};

struct inode {
	mode_t mode; /* type and permissions */
	uint32_t uid;
	uint32_t gid;
	uint32_t major, minor; /* of a device */
	int64_t mtime;
	uint32_t mtime_nsec;
	uint32_t names; /* that lead here; 0: it is gone */
	uint64_t size;  /* of a regular file */
	struct xattrs xattrs;

	struct inode *parent; /* of a directory; the root's is itself. Of others, that of @name */
	const struct name *name; /* one that leads here, for formats that need it; else NULL */
	void *children;          /* of a directory: a tsearch(3) tree of struct name */
	size_t child_count;
	uint32_t subdirectories;
	char *target; /* of a symbolic link */

	struct inode *next;     /* of all, in the order in which they came */
	uint64_t source;        /* of a regular file: which entry of its layer has its bytes */
	uint64_t data_blocks;   /* of a regular file: at most */
	struct extent *extents; /* where its bytes have been put */
	size_t extent_count;
	uint32_t number; /* in the image */
	unsigned layer;  /* that brought it */
	unsigned depth;  /* of a directory */
	unsigned purged; /* of a directory: the layer for which that has been done */
};

struct name {
	struct inode *inode;
	unsigned layer; /* that brought the name */
	unsigned length;
	char text[]; /* any bytes but '/' and NUL, and a NUL */
};

struct tree {
	struct inode *root;
	struct inode *first, *last; /* of all inodes, also of those that are gone */
	uint64_t name_count;
};

/* tree_init() - a root directory, mode 0755. Return: 0 or -ENOMEM. */
int tree_init(struct tree *t, int64_t time);
void tree_release(struct tree *t);

/* tree_new_inode() - one without a name yet; the tree's. NULL when out of memory. */
struct inode *tree_new_inode(struct tree *t, mode_t mode, unsigned layer);

/* tree_find() - an entry of a directory, or NULL. */
struct name *tree_find(const struct inode *dir, const char *text, size_t length);

/* tree_link() - give @inode a name that is free in @dir. NULL when out of memory. */
struct name *tree_link(struct tree *t, struct inode *dir, const char *text, size_t length,
                       struct inode *inode, unsigned layer);

/* tree_unlink() - take a name away, and all below it. */
void tree_unlink(struct tree *t, struct inode *dir, struct name *name);

/*
 * tree_purge() - take away all below @dir that came from layers before @layer.
 * Directories in which something remains stay.
 *
 * Return: 0 or -ENOMEM.
 */
int tree_purge(struct tree *t, struct inode *dir, unsigned layer);

/* tree_list() - the names of a directory in the order of their bytes, for free(); NULL when out of
 * memory. */
struct name **tree_list(const struct inode *dir);

/* tree_path() - one of an inode's paths, for messages and free(); NULL when it has none. */
char *tree_path(const struct tree *t, const struct inode *inode);

#endif
