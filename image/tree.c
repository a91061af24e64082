/* SPDX-License-Identifier: MIT */
/*
 * The root filesystem as it will be.
 *
 * A directory's names are a balanced tree: their order is that of the image,
 * and no choice of names makes it slow.
 */
#include "tree.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* What is looked up need not be a struct name of its own. */
struct key {
	const char *text;
	size_t length;
};

static int compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t common = a_length < b_length ? a_length : b_length;
	int order = memcmp(a, b, common);

	if (order)
		return order;
	return a_length < b_length ? -1 : a_length > b_length;
}

static int compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return compare(x->text, x->length, y->text, y->length);
}

static int compare_key(const void *a, const void *b)
{
	const struct key *key = a;
	const struct name *name = b;

	return compare(key->text, key->length, name->text, name->length);
}

struct inode *tree_new_inode(struct tree *t, mode_t mode, unsigned layer)
{
	struct inode *inode = calloc(1, sizeof(*inode));

	if (!inode)
		return NULL;
	inode->mode = mode;
	inode->layer = layer;
	if (t->last)
		t->last->next = inode;
	else
		t->first = inode;
	t->last = inode;
	return inode;
}

int tree_init(struct tree *t, int64_t time)
{
	*t = (struct tree){0};
	t->root = tree_new_inode(t, S_IFDIR | 0755, 0);
	if (!t->root)
		return -ENOMEM;
	t->root->parent = t->root;
	t->root->names = 1;
	t->root->mtime = time;
	return 0;
}

struct name *tree_find(const struct inode *dir, const char *text, size_t length)
{
	struct key key = {text, length};
	void *const *found = tfind(&key, &dir->children, compare_key);

	return found ? *found : NULL;
}

struct name *tree_link(struct tree *t, struct inode *dir, const char *text, size_t length,
                       struct inode *inode, unsigned layer)
{
	struct name *name = malloc(sizeof(*name) + length + 1);

	if (!name)
		return NULL;
	*name = (struct name){.inode = inode, .layer = layer, .length = (unsigned)length};
	memcpy(name->text, text, length);
	name->text[length] = '\0';
	if (!tsearch(name, &dir->children, compare_names)) {
		free(name);
		return NULL;
	}
	dir->child_count++;
	t->name_count++;
	inode->names++;
	if (S_ISDIR(inode->mode)) {
		dir->subdirectories++;
		inode->parent = dir;
		inode->depth = dir->depth + 1;
	}
	return name;
}

/* What an inode holds, beside its directory entries. */
static void drop_content(struct inode *inode)
{
	xattrs_release(&inode->xattrs);
	free(inode->target);
	inode->target = NULL;
	free(inode->extents);
	inode->extents = NULL;
	inode->extent_count = 0;
}

static void drop_name(struct tree *t, struct name *name);

/* A tree that is nothing but its root is emptied root by root; the recursion is bounded by
 * MAX_TREE_DEPTH. */
static void drop_children(struct tree *t, struct inode *dir)
{
	while (dir->children) {
		struct name *name = *(struct name **)dir->children;

		tdelete(name, &dir->children, compare_names);
		drop_name(t, name);
	}
	dir->child_count = 0;
	dir->subdirectories = 0;
}

static void drop_name(struct tree *t, struct name *name)
{
	struct inode *inode = name->inode;

	t->name_count--;
	free(name);
	if (--inode->names)
		return;
	if (S_ISDIR(inode->mode))
		drop_children(t, inode);
	drop_content(inode);
}

void tree_unlink(struct tree *t, struct inode *dir, struct name *name)
{
	tdelete(name, &dir->children, compare_names);
	dir->child_count--;
	if (S_ISDIR(name->inode->mode))
		dir->subdirectories--;
	drop_name(t, name);
}

static void collect(const void *node, VISIT visit, void *closure)
{
	struct name ***end = closure;

	if (visit == postorder || visit == leaf)
		*(*end)++ = *(struct name *const *)node;
}

struct name **tree_list(const struct inode *dir)
{
	struct name **list = malloc((dir->child_count + 1) * sizeof(struct name *)), **end = list;

	if (!list)
		return NULL;
	twalk_r(dir->children, collect, &end);
	*end = NULL;
	return list;
}

int tree_purge(struct tree *t, struct inode *dir, unsigned layer)
{
	_cleanup_free_ struct name **list = NULL;

	if (dir->purged == layer)
		return 0;
	list = tree_list(dir);
	if (!list)
		return -ENOMEM;
	dir->purged = layer;
	for (size_t i = 0; list[i]; i++) {
		struct inode *inode = list[i]->inode;

		if (S_ISDIR(inode->mode)) {
			if (tree_purge(t, inode, layer) < 0)
				return -ENOMEM;
			if (inode->child_count)
				continue;
		}
		if (list[i]->layer < layer)
			tree_unlink(t, dir, list[i]);
	}
	return 0;
}

static char *path_below(const struct inode *dir, const struct inode *inode)
{
	_cleanup_free_ struct name **list = tree_list(dir);
	char *path = NULL;

	for (size_t i = 0; list && list[i] && !path; i++) {
		_cleanup_free_ char *rest = NULL;

		if (list[i]->inode == inode)
			return strdup(list[i]->text);
		if (S_ISDIR(list[i]->inode->mode))
			rest = path_below(list[i]->inode, inode);
		if (rest && asprintf(&path, "%s/%s", list[i]->text, rest) < 0)
			path = NULL;
	}
	return path;
}

char *tree_path(const struct tree *t, const struct inode *inode)
{
	return inode == t->root ? strdup("/") : path_below(t->root, inode);
}

void tree_release(struct tree *t)
{
	struct inode *next;

	if (t->root)
		drop_children(t, t->root);
	for (struct inode *inode = t->first; inode; inode = next) {
		next = inode->next;
		drop_content(inode);
		free(inode);
	}
	*t = (struct tree){0};
}
