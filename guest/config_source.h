/* SPDX-License-Identifier: MIT */
/* Where the config comes from: a file of the initrd, a device behind a frame, or a filesystem. */
#ifndef VMCONFIG_CONFIG_SOURCE_H
#define VMCONFIG_CONFIG_SOURCE_H

#include <stddef.h>

#include "device.h"

struct guest;

struct config_source {
	char node[DEVICE_NODE_SIZE]; /* "" when the initrd carries the config */
};

/*
 * config_source_find() - look where the config is, and wait for its device.
 *
 * By the command line's word alone when there is one; else in the initrd, else
 * on the one device that has a frame or the label, else on the seed schema's.
 *
 * Return: 0, or negative after guest_error().
 */
int config_source_find(struct guest *g, struct config_source *source);

/*
 * config_source_read() - the text, a string for free().
 *
 * Afterwards the device is not in use, and the file of the initrd is gone, read or not.
 *
 * Return: 0, or negative after guest_error().
 */
int config_source_read(struct guest *g, const struct config_source *source, char **text,
                       size_t *length);

#endif
