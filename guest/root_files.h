/* SPDX-License-Identifier: MIT */
/* The config's files, put into the new root. */
#ifndef VMCONFIG_ROOT_FILES_H
#define VMCONFIG_ROOT_FILES_H

struct guest;

/*
 * root_files_put() - write them; over what a volume or a mount has, they are bound instead, so that
 * it does not keep them.
 *
 * Return: 0, or negative after guest_error().
 */
int root_files_put(struct guest *g);

#endif
