/* SPDX-License-Identifier: MIT */
/* The kernel's command line, from words. */
#ifndef VMCONFIG_KERNEL_CMDLINE_H
#define VMCONFIG_KERNEL_CMDLINE_H

#include "vmconfig.h"

/* What x86 and arm64 kernels take, NUL included; they cut the rest off without a word. */
#define COMMAND_LINE_SIZE 2048

/*
 * kernel_cmdline_make() - one line that the kernel splits into the same words again.
 * @words: "name" or "name=value"; values may hold spaces
 * @line:  for free()
 *
 * The kernel knows double quotes and no escapes (next_arg() of lib/cmdline.c):
 * a word with a '"', or with a control character, cannot be said. An empty
 * word says nothing and is left out. What is longer than the kernel reads, or
 * has more words for init than it passes on, is refused.
 *
 * Return: 0, or negative after printing a line.
 */
int kernel_cmdline_make(const struct strlist *words, char **line);

/*
 * kernel_cmdline_complain() - what is wrong with these words as a whole, or NULL.
 * @complaint: "has …", for free()
 *
 * Return: 0 or -ENOMEM.
 */
int kernel_cmdline_complain(const struct strlist *words, char **complaint);

/*
 * kernel_cmdline_split() - the words of a line: what the kernel would make of it.
 * @words: takes them at its end, without the quotes
 *
 * Return: 0; -EINVAL when a '"' is not closed; -ENOMEM.
 */
int kernel_cmdline_split(const char *line, struct strlist *words);

#endif
