/* SPDX-License-Identifier: MIT */
/* What one machine's unit allows beside what all machines need. */
#ifndef VMCONFIG_VM_DROPIN_H
#define VMCONFIG_VM_DROPIN_H

#include <stdbool.h>

/*
 * vm_dropin_make() - a drop-in for microvm@NAME.service, by the list of files in a package.
 * @name: a machine's, as vm_name_check() takes it
 * @live: the files are this system's, and are looked at
 * @text: for free(); NULL: nothing is needed
 *
 * What cannot be said to systemd is refused, and so is what would open the host or all machines;
 * what the unit hides in any case is warned of, and what it is to allow is said, a line each.
 *
 * Return: 0, or negative after printing a line.
 */
int vm_dropin_make(const char *package, const char *name, bool live, char **text);

/* vm_dropin_get() - the text of the one that is there, for free(); NULL: there is none. Return: 0,
 * or negative after printing a line. */
int vm_dropin_get(const char *root, const char *name, char **text);

/*
 * vm_dropin_put() - put it where systemd finds it, or take an older one away.
 * @root: before "/etc", or NULL
 * @text: NULL: none is wanted
 *
 * Return: 1 when systemd has to be told; 0; or negative after printing a line.
 */
int vm_dropin_put(const char *root, const char *name, const char *text);

#endif
