/* SPDX-License-Identifier: MIT */
/*
 * What keeps files open after the last process has gone, because the kernel
 * itself has them: swap files and loop devices.
 */
#ifndef VMCONFIG_LEFTOVERS_H
#define VMCONFIG_LEFTOVERS_H

#include <stddef.h>

struct in_use;

/*
 * leftovers_release() - give up swap files, and loop devices whose files are below a directory.
 * @below: such as "/old"; files elsewhere are somebody else's
 * @devices: of the filesystems there, or NULL
 *
 * To be called when no mount hides them any more. Return: how many have gone.
 */
size_t leftovers_release(const char *below, const struct in_use *devices);

/*
 * leftovers_release_loops() - give up loop devices alone.
 * @below: NULL for files that are on @devices, wherever that is: in a mount namespace, whose paths
 *         say nothing
 */
size_t leftovers_release_loops(const char *below, const struct in_use *devices);

#endif
