/* SPDX-License-Identifier: MIT */
/* A file that is to stand at a path: under a name of no meaning until it is whole. */
#ifndef VMCONFIG_REPLACEMENT_H
#define VMCONFIG_REPLACEMENT_H

#include <sys/types.h>

struct replacement {
	const char *path;   /* as the user gave it, for messages */
	const char *base;   /* its last component */
	int dir;            /* the directory that holds it */
	char temporary[40]; /* in the same directory; "" when there is none */
};

/*
 * replacement_open() - create the file beside @path.
 * @r:    overwritten; release it whatever the result
 * @path: a regular file, or nothing yet; a symbolic link is itself replaced,
 *        unless it leads to a device, a pipe or a directory
 * @mode: what the umask leaves of it
 *
 * Return: its descriptor, for writing, or -errno after printing a line.
 */
int replacement_open(struct replacement *r, const char *path, mode_t mode);

/*
 * replacement_commit() - give it its name; it is synced already.
 *
 * The directory is not synced, as no writer of images does: after a crash the
 * old file may be there again, whole.
 *
 * Return: 0, or -errno after printing a line.
 */
int replacement_commit(struct replacement *r);

/* replacement_release() - remove the file, unless it has got its name. */
void replacement_release(struct replacement *r);

#endif
