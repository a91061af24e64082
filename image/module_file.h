/* SPDX-License-Identifier: MIT */
/* Module files, of which the kernel takes only the uncompressed ones. */
#ifndef VMCONFIG_MODULE_FILE_H
#define VMCONFIG_MODULE_FILE_H

#include <stddef.h>

/*
 * module_file_read() - a module as finit_module(2) wants it, decompressed where needed.
 * @content: for free()
 *
 * Return: 0, or negative after printing a line: what is no ELF file is refused.
 */
int module_file_read(const char *path, char **content, size_t *length);

#endif
