/* SPDX-License-Identifier: MIT */
/* Names and numbers as the kernel writes them into the files of /proc and /sys. */
#ifndef VMCONFIG_PROC_TEXT_H
#define VMCONFIG_PROC_TEXT_H

#include <sys/types.h>

/* proc_unescape() - undo, in place, the octal escapes of a path: "\040" is a blank. */
void proc_unescape(char *path);

/* proc_device() - read "MAJOR:MINOR". Return: 0 or -EINVAL. */
int proc_device(const char *text, dev_t *device);

#endif
