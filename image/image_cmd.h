/* SPDX-License-Identifier: MIT */
/* The commands of vmconfig-image, for the table in main.c. */
#ifndef VMCONFIG_IMAGE_CMD_H
#define VMCONFIG_IMAGE_CMD_H

/* Each has its rows here; its line for `vmconfig help` is in host/cmd_image.c. */
extern const struct command cmd_rootfs;

extern const struct command cmd_initrd;

#endif
