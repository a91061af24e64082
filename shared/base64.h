/* SPDX-License-Identifier: MIT */
/* Bytes as text (RFC 4648, section 4): how a config carries what need not be UTF-8. */
#ifndef VMCONFIG_BASE64_H
#define VMCONFIG_BASE64_H

#include <stddef.h>
#include <sys/types.h>

/* base64_size() - bytes that @text stands for, or -EINVAL when it is not canonical base64. */
ssize_t base64_size(const char *text);

/*
 * base64_decode() - the bytes that @text stands for.
 * @size: set to their number
 *
 * Return: memory for free(), one byte longer than @size and ending in NUL; NULL with errno EINVAL
 * or ENOMEM.
 */
void *base64_decode(const char *text, size_t *size);

/* base64_encode() - @bytes as text, for free(); NULL when out of memory. */
char *base64_encode(const void *bytes, size_t size);

#endif
