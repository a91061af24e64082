/* SPDX-License-Identifier: MIT */
/* What Linux calls virtio disks: by letters, in the order in which a machine has them. */
#ifndef VMCONFIG_DISK_NODE_H
#define VMCONFIG_DISK_NODE_H

#include <stdbool.h>
#include <stddef.h>

/* disk_node() - "/dev/vda" to "/dev/vdz", then "/dev/vdaa". Return: for free(), or NULL. */
char *disk_node(size_t index);

/*
 * disk_node_index() - the place of the disk that such a name is of, or of a partition on it.
 * Return: whether it is such a name.
 */
bool disk_node_index(const char *device, size_t *index);

#endif
