/* SPDX-License-Identifier: MIT */
/* Paths in the guest, as a command line or an image gives them. */
#ifndef VMCONFIG_GUEST_PATH_H
#define VMCONFIG_GUEST_PATH_H

/*
 * guest_path_clean() - @path from "/", without empty, "." and ".." parts; ".." takes the part
 * before it away by name, as image builders do. Return: a string for free(), or NULL when out of
 * memory.
 */
char *guest_path_clean(const char *path);

#endif
