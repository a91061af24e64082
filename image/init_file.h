/* SPDX-License-Identifier: MIT */
/* The guest's init, as a file of the host. */
#ifndef VMCONFIG_INIT_FILE_H
#define VMCONFIG_INIT_FILE_H

/*
 * init_file_find() - which one, and whether a kernel can start it.
 * @given: what the user named, or NULL: build/init, then the one in VMCONFIG_LIBDIR
 * @path:  for free()
 *
 * Return: 0, or negative after printing a line. A program that needs a dynamic
 * loader is refused: there is none in an initrd.
 */
int init_file_find(const char *given, char **path);

#endif
