/* SPDX-License-Identifier: MIT */
#ifndef VMCONFIG_PROPAGATION_H
#define VMCONFIG_PROPAGATION_H

struct guest;

/*
 * propagation_set() - the config's rootfs_propagation, of the workload's root.
 * @root_fd: that root
 *
 * Return: 0, or negative after guest_error().
 */
int propagation_set(struct guest *g, int root_fd);

#endif
