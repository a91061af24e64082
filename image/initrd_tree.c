/* SPDX-License-Identifier: MIT */
/* Collecting what goes into an initrd. */
#include "initrd_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "formats.h"
#include "list.h"
#include "whole.h"

#define MAX_DEPTH 64 /* of directories below one that is added */

/* "/a//b/" -> "a/b"; NULL after printing a line. */
static char *canonical_path(const char *path)
{
	const char *complaint = format_absolute_path.complain(path);
	char *copy, *to;

	if (complaint) {
		fail("'%s' %s", path, complaint);
		return NULL;
	}
	copy = malloc(strlen(path) + 1);
	if (!copy) {
		fail_errno(ENOMEM, "'%s'", path);
		return NULL;
	}
	to = copy;
	while (*path) {
		size_t n;

		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 1 && *path == '.')
			n = 0;
		if (n && to != copy)
			*to++ = '/';
		memcpy(to, path, n);
		to += n;
		path += strcspn(path, "/");
	}
	*to = '\0';
	return copy;
}

int initrd_tree_add(struct initrd_tree *tree, const char *path, mode_t mode, char *content,
                    size_t length)
{
	struct initrd_entry *items;
	char *name = canonical_path(path);

	items = name ? list_grow(tree->items, tree->count, sizeof(*items)) : NULL;
	if (items)
		tree->items = items;
	if (!items || !*name || length > MAX_INITRD_BYTES - tree->bytes) {
		free(content);
		if (!name)
			return -EINVAL;
		if (!items)
			fail_errno(ENOMEM, "cannot add '%s' to the initrd", path);
		else if (!*name)
			fail("'%s' is the initrd's root: name a place in it", path);
		else
			fail("with '%s' the initrd is larger than 1 GiB (MAX_INITRD_BYTES)", path);
		free(name);
		return -EINVAL;
	}
	items[tree->count++] =
	    (struct initrd_entry){.path = name, .mode = mode, .content = content, .length = length};
	tree->bytes += length;
	return 0;
}

/* A whole file that may be as large as the tree. Return: its bytes, or -errno silently. */
static ssize_t read_all(int fd, size_t size, char **content)
{
	_cleanup_free_ char *bytes = malloc(size + 1);
	ssize_t n = bytes ? read_whole(fd, bytes, size) : -ENOMEM;

	if (n >= 0)
		*content = steal_ptr(&bytes);
	return n;
}

static int add_file(struct initrd_tree *tree, int fd, const struct stat *st, const char *source,
                    const char *path)
{
	char *content = NULL;
	ssize_t n;

	if ((size_t)st->st_size > MAX_INITRD_BYTES - tree->bytes)
		return fail("with '%s' the initrd is larger than 1 GiB (MAX_INITRD_BYTES)", source);
	n = read_all(fd, (size_t)st->st_size, &content);
	if (n < 0)
		return fail_errno((int)-n, "cannot read '%s'", source);
	return initrd_tree_add(tree, path, S_IFREG | (st->st_mode & 0111 ? 0755 : 0644), content,
	                       (size_t)n);
}

static int add_link(struct initrd_tree *tree, int dir, const char *name, const char *source,
                    const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));
	char *copy;

	if (n < 0)
		return fail_errno(errno, "cannot read the link '%s'", source);
	copy = strndup(target, (size_t)n);
	return copy ? initrd_tree_add(tree, path, S_IFLNK | 0777, copy, (size_t)n)
	            : fail_errno(ENOMEM, "cannot read '%s'", source);
}

static int add_directory(struct initrd_tree *tree, int fd, const char *source, const char *path,
                         int depth);

/* Whoever reads the initrd reads this. */
static void note_privacy(struct initrd_tree *tree, mode_t mode)
{
	if (!(mode & (S_ISDIR(mode) ? S_IXOTH : S_IROTH)))
		tree->is_private = true;
}

static int add_entry(struct initrd_tree *tree, int dir, const char *name, const char *parent,
                     const char *parent_path, int depth)
{
	_cleanup_free_ char *source = NULL, *path = NULL;
	_cleanup_fd_ int fd = -1;
	struct stat st;

	if (asprintf(&source, "%s/%s", parent, name) < 0)
		source = NULL;
	if (asprintf(&path, "%s/%s", parent_path, name) < 0)
		path = NULL;
	if (!source || !path)
		return fail_errno(ENOMEM, "cannot read '%s'", parent);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail_errno(errno, "cannot read '%s'", source);
	if (S_ISLNK(st.st_mode))
		return add_link(tree, dir, name, source, path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return fail("'%s' is neither a file, a directory nor a link", source);
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(errno, "cannot open '%s'", source);
	note_privacy(tree, st.st_mode);
	return S_ISDIR(st.st_mode) ? add_directory(tree, fd, source, path, depth + 1)
	                           : add_file(tree, fd, &st, source, path);
}

static int add_directory(struct initrd_tree *tree, int fd, const char *source, const char *path,
                         int depth)
{
	struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (depth > MAX_DEPTH)
		return fail("'%s' is more than %d directories deep", source, MAX_DEPTH);
	if (strspn(path, "/") < strlen(path))
		r = initrd_tree_add(tree, path, S_IFDIR | 0755, NULL, 0);
	fd = r < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return r < 0 ? r : fail_errno(errno, "cannot read '%s'", source);
	}
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = add_entry(tree, dirfd(dir), entry->d_name, source, path, depth);
	if (r == 0 && errno)
		r = fail_errno(errno, "cannot read '%s'", source);
	closedir(dir);
	return r;
}

int initrd_tree_add_host(struct initrd_tree *tree, const char *source, const char *path)
{
	_cleanup_fd_ int fd = open(source, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(errno, "cannot open '%s'", source);
	note_privacy(tree, st.st_mode);
	if (S_ISREG(st.st_mode))
		return add_file(tree, fd, &st, source, path);
	if (S_ISDIR(st.st_mode))
		return add_directory(tree, fd, source, path, 1);
	return fail("'%s' is neither a file nor a directory", source);
}

static int compare(const void *a, const void *b)
{
	const struct initrd_entry *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	/* A directory that only stands on somebody's way comes last, and gives way. */
	return order ? order : !x->content - !y->content;
}

static int add_parents(struct initrd_tree *tree)
{
	for (size_t i = 0, count = tree->count; i < count; i++) {
		_cleanup_free_ char *copy = strdup(tree->items[i].path);
		char *slash;

		if (!copy)
			return fail_errno(ENOMEM, "cannot make the initrd");
		while ((slash = strrchr(copy, '/'))) {
			_cleanup_free_ char *path = NULL;
			int r;

			*slash = '\0';
			if (asprintf(&path, "/%s", copy) < 0) {
				path = NULL;
				return fail_errno(ENOMEM, "cannot make the initrd");
			}
			r = initrd_tree_add(tree, path, S_IFDIR | 0755, NULL, 0);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int initrd_tree_finish(struct initrd_tree *tree)
{
	size_t kept = 0;
	int r = add_parents(tree);

	if (r < 0)
		return r;
	qsort(tree->items, tree->count, sizeof(*tree->items), compare);
	for (size_t i = 0; i < tree->count; i++) {
		struct initrd_entry *e = &tree->items[i];

		if (kept && strcmp(tree->items[kept - 1].path, e->path) == 0) {
			if (!S_ISDIR(e->mode) || !S_ISDIR(tree->items[kept - 1].mode))
				return fail("'/%s' would be in the initrd twice", e->path);
			free(e->path);
			e->path = NULL;
			continue;
		}
		if (kept != i) {
			tree->items[kept] = *e;
			*e = (struct initrd_entry){0};
		}
		kept++;
	}
	tree->count = kept;
	return 0;
}

void initrd_tree_release(struct initrd_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		free(tree->items[i].path);
		free(tree->items[i].content);
	}
	free(tree->items);
	*tree = (struct initrd_tree){0};
}
