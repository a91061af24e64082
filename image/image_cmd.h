/* SPDX-License-Identifier: MIT */
/* The commands of vmconfig-image, for the table in main.c. */
#ifndef VMCONFIG_IMAGE_CMD_H
#define VMCONFIG_IMAGE_CMD_H

/* Each has its rows in a table of its own; its line for `vmconfig help` is in host/cmd_image.c. */

extern const struct command cmd_initrd;

#endif
