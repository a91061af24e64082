/* SPDX-License-Identifier: MIT */
/* Files for the time that they are open. */
#ifndef VMCONFIG_SCRATCH_FILE_H
#define VMCONFIG_SCRATCH_FILE_H

/*
 * scratch_file() - an empty file without a name: whatever ends vmconfig, nothing is left of it.
 * @dir:    where its bytes are
 * @reader: takes a descriptor that reads it; -1 before, to be closed whatever the result
 *
 * Return: a descriptor that writes it, or negative after printing a line.
 */
int scratch_file(const char *dir, int *reader);

#endif
