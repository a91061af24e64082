/* SPDX-License-Identifier: MIT */
/* Filesystems through fsopen(2), which says which option it refuses, and why. */
#ifndef VMCONFIG_SUPERBLOCK_H
#define VMCONFIG_SUPERBLOCK_H

struct guest;
struct mount_step;

/*
 * superblock_create() - a filesystem that is not in the tree yet.
 * @source: what the step's source stands for, or NULL
 *
 * Return: fd of its mount, or negative after guest_error().
 */
int superblock_create(struct guest *g, const struct mount_step *step, const char *source);

/* superblock_adjust() - give the filesystem that is mounted at @fd the step's own words. Return: 0,
 * or negative after guest_error(). */
int superblock_adjust(struct guest *g, const struct mount_step *step, int fd);

#endif
