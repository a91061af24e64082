/* SPDX-License-Identifier: MIT */
/*
 * Paths in a tree that is not to be trusted: every look-up is made by
 * openat2(2) with RESOLVE_IN_ROOT, so that links and ".." end inside.
 */
#ifndef VMCONFIG_BENEATH_H
#define VMCONFIG_BENEATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* beneath_open() - openat2() within @root_fd. Return: an fd (close-on-exec) or -errno. */
int beneath_open(int root_fd, const char *path, int flags, mode_t mode);

/* beneath_mkdirs() - the directory @path with its parents, made where missing. Return: O_PATH fd or
 * -errno. */
int beneath_mkdirs(int root_fd, const char *path, mode_t mode);

/*
 * beneath_parent() - the directory that @path is in, made with its parents where missing.
 * @name: set to the last word of @path
 *
 * Return: O_PATH fd or -errno (-EISDIR when @path can only be a directory).
 */
int beneath_parent(int root_fd, const char *path, const char **name);

/* beneath_mkfile() - what is at @path, or a new empty file there. Return: O_PATH fd or -errno. */
int beneath_mkfile(int root_fd, const char *path);

struct beneath_file {
	const void *data;
	size_t length;
	mode_t mode;
	bool owned; /* by the next two, else by init */
	uid_t uid;
	gid_t gid;
};

/* beneath_place() - as beneath_replace(), in a directory that is open. Return: 0 or -errno. */
int beneath_place(int dir_fd, const char *name, const struct beneath_file *file);

/*
 * beneath_replace() - put a file at @path, at once and whole.
 *
 * Parents are made. What stands at @path is replaced by rename(2): a link is
 * not followed, a directory is refused with -EISDIR.
 *
 * Return: 0 or -errno.
 */
int beneath_replace(int root_fd, const char *path, const void *data, size_t length, mode_t mode);

/* beneath_read() - a regular file of at most @limit bytes, NUL appended, for free(). Return: 0 or
 * -errno (-EFBIG over the limit). */
int beneath_read(int root_fd, const char *path, size_t limit, char **data, size_t *length);

#endif
