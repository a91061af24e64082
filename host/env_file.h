/* SPDX-License-Identifier: MIT */
/* Files of environment variables, in Docker's format. */
#ifndef VMCONFIG_ENV_FILE_H
#define VMCONFIG_ENV_FILE_H

#include "vmconfig.h"

/*
 * env_file_read() - append the variables of a file.
 * @path: "-" is standard input
 * @env:  names may come to stand twice: the caller merges
 *
 * A line is NAME=VALUE, with the value to the end of the line as it is, or NAME
 * alone, which takes the value from vmconfig's own environment or, without one
 * there, is left out. Empty lines and lines that start with # are skipped.
 *
 * Return: 0, or -errno after printing a line for each bad one.
 */
int env_file_read(const char *path, struct strmap *env);

/*
 * env_from_word() - the same for one "NAME=VALUE" or "NAME".
 * Return: 0, -ENOMEM, -EINVAL when there is no name, -EILSEQ when a value taken is not UTF-8.
 */
int env_from_word(const char *word, struct strmap *env);

#endif
