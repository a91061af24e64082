/* SPDX-License-Identifier: MIT */
/*
 * What keeps files open after the last process has gone, because the kernel
 * itself has them: swap files and loop devices.
 */
#ifndef VMCONFIG_LEFTOVERS_H
#define VMCONFIG_LEFTOVERS_H

#include <stddef.h>

/*
 * leftovers_release() - give up swap files, and loop devices whose files are below a directory.
 * @below: such as "/old"; files elsewhere are somebody else's
 *
 * To be called when no mount hides them any more. Return: how many have gone.
 */
size_t leftovers_release(const char *below);

/* leftovers_unescape() - undo, in place, the octal escapes of /proc/swaps. */
void leftovers_unescape(char *path);

#endif
