/* SPDX-License-Identifier: MIT */
/* vmconfig-image, the program that makes images, and where it is. */
#ifndef VMCONFIG_IMAGE_TOOL_H
#define VMCONFIG_IMAGE_TOOL_H

struct command;

/* image_tool_find() - its path, for free(); NULL after printing a line when it is nowhere. */
char *image_tool_find(void);

/*
 * image_tool_run() - become vmconfig-image; run() of a struct command.
 * @argv: from the command's name on, ends in NULL
 *
 * It is the one beside this program, as in a build directory, else the
 * installed one.
 *
 * Return: -errno after printing a line; not at all when it runs.
 */
int image_tool_run(const struct command *self, int argc, char **argv);

#endif
