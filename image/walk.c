/* SPDX-License-Identifier: MIT */
/* From a path to a directory of the tree, never out of it. */
#include "walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "complaint.h"
#include "tree.h"

/* As many as the kernel follows. */
#define MAX_SYMLINKS 40u

static bool is_dot(const char *name, size_t length)
{
	return length == 1 && name[0] == '.';
}

static bool is_dot_dot(const char *name, size_t length)
{
	return length == 2 && name[0] == '.' && name[1] == '.';
}

/* The next component of @path, which moves past it; NULL after the last. */
static const char *component(const char **path, size_t *length)
{
	const char *start;

	do {
		start = *path + strspn(*path, "/");
		*length = strcspn(start, "/");
		*path = start + *length;
	} while (is_dot(start, *length));
	return *length ? start : NULL;
}

/* What an archive's name may not be, whatever the tree holds. */
static int check_path(const struct walk *w, const char *path)
{
	const char *rest = path, *name;
	unsigned depth = 0;
	size_t length;

	if (strlen(path) > MAX_PATH_BYTES)
		return complain(w->complaint, "its name is longer than %u bytes (MAX_PATH_BYTES)",
		                MAX_PATH_BYTES);
	while ((name = component(&rest, &length))) {
		if (is_dot_dot(name, length))
			return complain(w->complaint, "its name has a '..'");
		if (length > MAX_NAME_BYTES)
			return complain(w->complaint,
			                "a component of its name is longer than %u bytes "
			                "(MAX_NAME_BYTES)",
			                MAX_NAME_BYTES);
		if (++depth > MAX_TREE_DEPTH)
			return complain(w->complaint,
			                "it is within more than %u directories (MAX_TREE_DEPTH)",
			                MAX_TREE_DEPTH);
	}
	return 0;
}

static int create_directory(const struct walk *w, struct inode **dir, const char *name,
                            size_t length)
{
	struct inode *inode;

	if (length > MAX_NAME_BYTES)
		return complain(w->complaint,
		                "a symbolic link on its way has a component longer than %u bytes "
		                "(MAX_NAME_BYTES)",
		                MAX_NAME_BYTES);
	if ((*dir)->depth >= MAX_TREE_DEPTH)
		return complain(w->complaint,
		                "it is within more than %u directories (MAX_TREE_DEPTH)",
		                MAX_TREE_DEPTH);
	inode = tree_new_inode(w->tree, S_IFDIR | 0755, w->layer);
	if (!inode || !tree_link(w->tree, *dir, name, length, inode, w->layer))
		return complain_memory(w->complaint);
	inode->mtime = w->time;
	*dir = inode;
	return 0;
}

/* What remains to be walked when a symbolic link comes in between. */
static int splice(const struct walk *w, const char *target, const char *rest, char **path)
{
	size_t target_length = strlen(target), rest_length = strlen(rest);
	char *joined;

	if (target_length + rest_length + 1 > 2 * MAX_PATH_BYTES)
		return complain(w->complaint, "symbolic links on its way make it too long");
	joined = malloc(target_length + rest_length + 2);
	if (!joined)
		return complain_memory(w->complaint);
	memcpy(joined, target, target_length);
	joined[target_length] = '/';
	memcpy(joined + target_length + 1, rest, rest_length + 1);
	free(*path);
	*path = joined;
	return 0;
}

/* One component; *@target is set when it is a symbolic link. */
static int step(const struct walk *w, struct inode **dir, const char *name, size_t length,
                const char **target)
{
	struct name *found;

	*target = NULL;
	if (is_dot_dot(name, length)) {
		*dir = (*dir)->parent;
		return 0;
	}
	found = tree_find(*dir, name, length);
	if (!found)
		return w->create ? create_directory(w, dir, name, length) : -ENOENT;
	if (S_ISLNK(found->inode->mode)) {
		*target = found->inode->target;
		return 0;
	}
	if (!S_ISDIR(found->inode->mode))
		return complain(w->complaint, "'%.*s' on its way is no directory", (int)length,
		                name);
	*dir = found->inode;
	return 0;
}

/* Walk all of @path; symbolic links are followed. */
static int walk_directories(const struct walk *w, char **path, struct inode **dir)
{
	const char *rest = *path, *name, *target;
	unsigned links = 0;
	size_t length;

	while ((name = component(&rest, &length))) {
		int r = step(w, dir, name, length, &target);

		if (r < 0)
			return r;
		if (!target)
			continue;
		if (++links > MAX_SYMLINKS)
			return complain(w->complaint,
			                "more than %u symbolic links on its way: they lead in "
			                "circles",
			                MAX_SYMLINKS);
		if (target[0] == '/')
			*dir = w->tree->root;
		r = splice(w, target, rest, path);
		if (r < 0)
			return r;
		rest = *path;
	}
	return 0;
}

int walk_path(const struct walk *w, const char *path, struct place_in_tree *place)
{
	const char *rest = path, *name;
	_cleanup_free_ char *parents = NULL;
	size_t length;
	int r = check_path(w, path);

	if (r < 0)
		return r;
	*place = (struct place_in_tree){.dir = w->tree->root};
	while ((name = component(&rest, &length))) {
		place->name = name;
		place->length = length;
	}
	if (!place->name)
		return 0;
	parents = strndup(path, (size_t)(place->name - path));
	if (!parents)
		return complain_memory(w->complaint);
	return walk_directories(w, &parents, &place->dir);
}
