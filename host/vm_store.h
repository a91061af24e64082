/* SPDX-License-Identifier: MIT */
/* Where installed virtual machines are: a directory each, with links to their packages. */
#ifndef VMCONFIG_VM_STORE_H
#define VMCONFIG_VM_STORE_H

#include <stdbool.h>

/* An open store: @root and the state directory below it. */
struct vm_store {
	char *path; /* of the state directory, for messages and links */
	bool live;  /* this system's own: systemd is told, and users are looked up */
	int fd;
};

/*
 * vm_store_open() - the state directory, made when it is missing.
 * @root: a directory that stands for "/", or NULL
 *
 * Return: 0, or negative after printing a line; vm_store_release() whatever the result.
 */
int vm_store_open(struct vm_store *store, const char *root);

void vm_store_release(struct vm_store *store);

/* vm_name_check() - whether @name may be one: it becomes a unit's and a directory's. */
int vm_name_check(const char *name);

/*
 * vm_package_find() - the absolute path of a package, for free().
 *
 * What anybody but root may change is refused: parts of it run as root.
 *
 * Return: 0, or negative after printing a line.
 */
int vm_package_find(const struct vm_store *store, const char *package, char **path);

/* vm_store_add() - a directory for @name, with "current" leading to @package. */
int vm_store_add(const struct vm_store *store, const char *name, const char *package);

/* vm_store_point() - let "current" of @name lead to @package, at once. */
int vm_store_point(const struct vm_store *store, const char *name, const char *package);

/* vm_store_link() - where "current" or "booted" of @name leads, for free(); NULL: nowhere. */
char *vm_store_link(const struct vm_store *store, const char *name, const char *link);

/* vm_store_has() - whether there is a machine of that name. */
bool vm_store_has(const struct vm_store *store, const char *name);

/*
 * vm_store_remove() - the links, then the directory.
 * @purge: with all that is in it; without, it must be empty by then
 */
int vm_store_remove(const struct vm_store *store, const char *name, bool purge);

#endif
