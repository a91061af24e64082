/* SPDX-License-Identifier: MIT */
/* Paths by their words. */
#ifndef VMCONFIG_PATH_H
#define VMCONFIG_PATH_H

#include <stdbool.h>

/* path_is_below() - whether @path is @top or below it, by their words: "//a/" is "/a". */
bool path_is_below(const char *path, const char *top);

/* path_compare() - order as trees: below comes after above, and "/a//b/" is "/a/b". Return: as
 * strcmp(). */
int path_compare(const char *a, const char *b);

#endif
