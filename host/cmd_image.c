/* SPDX-License-Identifier: MIT */
/* The commands that vmconfig-image has: their lines in the help, and going over to it. */
#include <stddef.h>

#include "cmd.h"
#include "image_tool.h"
#include "option.h"

const struct command cmd_rootfs = {
    .name = "rootfs",
    .synopsis = "--image LAYOUT[:REF][@DIGEST] | --dir DIR -o IMG",
    .summary = "make a root filesystem of an image's layers, or of a directory",
    .groups = NULL,
    .run = image_tool_run,
};

const struct command cmd_initrd = {
    .name = "initrd",
    .synopsis = "[options] -o CPIO",
    .summary = "make an initrd: init, kernel modules, further files",
    .groups = NULL,
    .run = image_tool_run,
};
