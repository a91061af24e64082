/* SPDX-License-Identifier: MIT */
/* Where a kernel's modules are. */
#ifndef VMCONFIG_MODULE_DIRECTORY_H
#define VMCONFIG_MODULE_DIRECTORY_H

/*
 * module_directory_find() - the directory with modules.dep.
 * @root:    an unpacked kernel package (with lib/modules or usr/lib/modules), a
 *           directory of versions, or the directory itself; NULL: build/kernel,
 *           else the running system's
 * @version: which one, or NULL: the only one, or the running kernel's when it is among them
 * @path:    for free()
 *
 * Return: 0, or negative after printing a line.
 */
int module_directory_find(const char *root, const char *version, char **path);

#endif
