/* SPDX-License-Identifier: MIT */
/* A directory that is made whole or not at all. */
#ifndef VMCONFIG_PACKAGE_H
#define VMCONFIG_PACKAGE_H

#include <stddef.h>
#include <sys/types.h>

#include <sha2.h>

#include "stop_signals.h"

/* What the path of a package may be made of: no VMM's lists take these for anything else. */
#define PACKAGE_CHARACTERS                                               \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" \
	"_./+@=?-"

struct package {
	const char *path;         /* where it is going to be */
	char *temporary;          /* until then, beside it */
	SHA2_CTX digest;          /* of all names and contents so far */
	struct held_signals held; /* while it stands */
};

/*
 * package_begin() - make an empty directory beside @path.
 * @path: must not exist, or be an empty directory: a package is never changed
 * Return: 0, or negative after printing a line; package_release() whatever the result.
 */
int package_begin(struct package *p, const char *path);

/*
 * package_put() - a file with its directories.
 * @name: relative to the package
 * Return: 0, or negative after printing a line, as of all that follow.
 */
int package_put(struct package *p, const char *name, const char *text, size_t length, mode_t mode);

/* package_copy() - a copy of a regular file or a block device; holes stay holes. */
int package_copy(struct package *p, const char *name, const char *source, mode_t mode);

int package_link(struct package *p, const char *name, const char *target);

/* package_file() - the path of a file in it now, for free(); NULL: out of memory. */
char *package_file(const struct package *p, const char *name);

/* package_digest() - of what has been put, as 16 hexadecimal digits and a NUL. */
void package_digest(const struct package *p, char text[17]);

/* package_commit() - put it where it belongs. */
int package_commit(struct package *p);

/* package_release() - remove what has not been committed. A signal that came takes effect then. */
void package_release(struct package *p);

#endif
