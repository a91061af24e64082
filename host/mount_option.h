/* SPDX-License-Identifier: MIT */
/* --mount: one mount of the guest's on the command line. */
#ifndef VMCONFIG_MOUNT_OPTION_H
#define VMCONFIG_MOUNT_OPTION_H

struct option_row;
struct overrides;

/*
 * mount_option_add() - read "type=TYPE,target=PATH[,source=…][,readonly][,…]", in Docker's words.
 * @row: the option, for messages
 * @o:   type "volume", a block device, goes to its volumes, all others to its mounts
 *
 * Return: 0, or negative after printing a line.
 */
int mount_option_add(const struct option_row *row, struct overrides *o, const char *value);

#endif
