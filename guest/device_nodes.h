/* SPDX-License-Identifier: MIT */
/* The config's devices, as nodes in the new root. */
#ifndef VMCONFIG_DEVICE_NODES_H
#define VMCONFIG_DEVICE_NODES_H

struct guest;

/*
 * device_nodes_make() - make them, with their parents.
 *
 * A node that is there already gets the owner and mode; something else in its
 * place is replaced, a directory is refused.
 *
 * Return: 0, or negative after guest_error().
 */
int device_nodes_make(struct guest *g);

#endif
