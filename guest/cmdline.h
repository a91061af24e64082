/* SPDX-License-Identifier: MIT */
#ifndef VMCONFIG_GUEST_CMDLINE_H
#define VMCONFIG_GUEST_CMDLINE_H

struct cmdline;

/*
 * cmdline_parse() - pick our words out of a kernel command line.
 * @text: overwritten
 * @bad:  set to the word that is wrong
 *
 * Return: 0 or -errno.
 */
int cmdline_parse(struct cmdline *c, char *text, const char **bad);

#endif
