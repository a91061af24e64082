/* SPDX-License-Identifier: MIT */
/* Words of a shell script, whatever bytes they hold. */
#ifndef VMCONFIG_SHELL_WORD_H
#define VMCONFIG_SHELL_WORD_H

#include <stdio.h>

/*
 * shell_word_write() - write @word so that a shell reads it as one word, with nothing expanded.
 *
 * PACKAGE_ROOT of arg_list.h becomes "$here", the shell's own variable.
 */
void shell_word_write(FILE *out, const char *word);

#endif
