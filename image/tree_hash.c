/* SPDX-License-Identifier: MIT */
/* All that a tree says, as input of a digest. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "hash.h"
#include "tree.h"
#include "tree_hash.h"

/* Numbers as they are in memory, but with widths and an order of our own. */
static void hash_inode(struct hash *h, const struct inode *inode)
{
	uint64_t numbers[] = {inode->mode,       inode->uid,   inode->gid,
	                      inode->major,      inode->minor, (uint64_t)inode->mtime,
	                      inode->mtime_nsec, inode->size,  inode->names};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		unsigned char bytes[8];

		for (unsigned j = 0; j < sizeof(bytes); j++)
			bytes[j] = (unsigned char)(numbers[i] >> (8 * j));
		hash_update(h, bytes, sizeof(bytes));
	}
	if (inode->target)
		hash_update(h, inode->target, strlen(inode->target) + 1);
	for (size_t i = 0; i < inode->xattrs.count; i++) {
		const struct xattr *x = &inode->xattrs.items[i];

		hash_update(h, x->name, strlen(x->name) + 1);
		hash_update(h, x->value, x->length);
	}
}

static int hash_directory(struct hash *h, const struct inode *dir)
{
	_cleanup_free_ struct name **names = tree_list(dir);
	int r = 0;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; names[i] && r == 0; i++) {
		hash_update(h, names[i]->text, names[i]->length + 1);
		hash_inode(h, names[i]->inode);
		if (S_ISDIR(names[i]->inode->mode))
			r = hash_directory(h, names[i]->inode);
	}
	hash_update(h, "", 1);
	return r;
}

int tree_hash(const struct tree *t, struct hash *h)
{
	hash_inode(h, t->root);
	return hash_directory(h, t->root);
}
