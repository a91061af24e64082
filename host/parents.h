/* SPDX-License-Identifier: MIT */
/* The directories on the way to a file. */
#ifndef VMCONFIG_PARENTS_H
#define VMCONFIG_PARENTS_H

/*
 * make_parents() - make those that are missing, mode 0755.
 * @path: absolute; as it was, afterwards
 * Return: 0, or -errno after printing a line.
 */
int make_parents(char *path);

#endif
