/* SPDX-License-Identifier: MIT */
/* Signal names. Numbers are the kernel's, real-time ones counted from glibc's SIGRTMIN, as images
 * mean them. */
#ifndef VMCONFIG_SIGNALS_H
#define VMCONFIG_SIGNALS_H

#include <stddef.h>

/*
 * signal_parse() - "SIGTERM", "term", "15", "SIGRTMIN+3", "RTMAX-1".
 * Return: the number (1..64), or -EINVAL.
 */
int signal_parse(const char *text);

/* signal_format() - the canonical name of a number from signal_parse(): "SIGTERM", "SIGRTMIN+3". */
void signal_format(int number, char *name, size_t size);

#endif
