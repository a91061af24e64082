/* SPDX-License-Identifier: MIT */
/* The part of a config that says where the guest reports. */
#ifndef VMCONFIG_REPORT_CONFIG_H
#define VMCONFIG_REPORT_CONFIG_H

#include <stdbool.h>

struct vmconfig;

/*
 * report_config_set() - have the guest report on @channel, "virtio-serial", "vsock" or "console".
 * @nonce: a random one marks its lines, should they be on the console, and shows on vsock who it
 * is; else there is none
 *
 * Return: 0, or negative after printing a line.
 */
int report_config_set(struct vmconfig *cfg, const char *channel, bool nonce);

#endif
