/* SPDX-License-Identifier: MIT */
/* All that a tree says, as input of a digest. */
#ifndef VMCONFIG_TREE_HASH_H
#define VMCONFIG_TREE_HASH_H

struct hash;
struct tree;

/* tree_hash() - names, types, owners, times, attributes. Return: 0 or -ENOMEM. */
int tree_hash(const struct tree *t, struct hash *h);

#endif
