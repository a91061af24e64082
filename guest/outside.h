/* SPDX-License-Identifier: MIT */
/* A root of our own in memory, in the place of the one that is there. */
#ifndef VMCONFIG_OUTSIDE_H
#define VMCONFIG_OUTSIDE_H

/* Where the filesystem that was the root is afterwards, with all that is mounted below it. */
#define OUTSIDE_OLD "/old"

/*
 * outside_enter() - make a tmpfs the root of this mount namespace, and the working directory.
 *
 * It has a /proc, and the old root at OUTSIDE_OLD. All mounts become private.
 *
 * Return: 0, or -errno; then nothing has changed places.
 */
int outside_enter(void);

#endif
