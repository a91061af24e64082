/* SPDX-License-Identifier: MIT */
/* A config on a device without a filesystem, or one that need not be mounted to be read. */
#ifndef VMCONFIG_CONFIG_FRAME_H
#define VMCONFIG_CONFIG_FRAME_H

#include <stdbool.h>
#include <stddef.h>

struct guest;

/* config_frame_is_on() - whether the device begins with a frame, be it damaged. */
bool config_frame_is_on(const char *node);

/*
 * config_frame_read() - the config behind the frame on @node.
 * @text: a string for free()
 *
 * Return: 0; 1 when the device has no frame; negative after guest_error().
 */
int config_frame_read(struct guest *g, const char *node, char **text, size_t *length);

#endif
