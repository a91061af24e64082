/* SPDX-License-Identifier: MIT */
/* Which part of a disk holds a root filesystem. */
#ifndef VMCONFIG_PARTITION_H
#define VMCONFIG_PARTITION_H

#include "device.h"

/*
 * partition_choose() - the disk itself, or one of its partitions.
 * @what:   what the filesystem is for, in messages
 * @fstype: of the filesystem that is wanted, or NULL: any that can be a root
 * @node:   on entry the disk's, then that of what has been chosen
 *
 * A disk without partitions is taken as it is. Of partitions it is the one
 * whose type says that it is a root for this kind of machine (the Discoverable
 * Partitions Specification), else the only one with such a filesystem. One that is
 * it by its type, but has something else on it, is an error.
 *
 * Return: 0, or negative after guest_error().
 */
int partition_choose(struct guest *g, const char *what, const char *fstype,
                     char node[DEVICE_NODE_SIZE]);

#endif
