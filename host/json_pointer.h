/* SPDX-License-Identifier: MIT */
/* JSON pointers (RFC 6901), one step longer. */
#ifndef VMCONFIG_JSON_POINTER_H
#define VMCONFIG_JSON_POINTER_H

#include <stddef.h>

/* json_pointer_below() - @pointer of the member @key, or of item @index when @key is NULL.
 * Return: for free(), NULL when out of memory. */
char *json_pointer_below(const char *pointer, const char *key, size_t index);

#endif
