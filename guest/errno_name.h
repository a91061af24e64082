/* SPDX-License-Identifier: MIT */
#ifndef VMCONFIG_ERRNO_NAME_H
#define VMCONFIG_ERRNO_NAME_H

#include <stddef.h>

/* errno_name() - "ENOENT" for programs to read; a number where there is no name. */
void errno_name(int number, char *name, size_t size);

#endif
