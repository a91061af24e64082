/* SPDX-License-Identifier: MIT */
/* Text from documents, which come from anywhere, made fit for a terminal. */
#ifndef VMCONFIG_PRINTABLE_H
#define VMCONFIG_PRINTABLE_H

/*
 * printable() - @text with its control characters as \xNN and \uNNNN, so that
 * nobody forges a line or moves the cursor. Return: a string for free(), with
 * room for one more byte, or NULL when out of memory.
 */
char *printable(const char *text);

#endif
