/* SPDX-License-Identifier: MIT */
/* What an ext2, ext3 or ext4 filesystem says about itself, and growing one. */
#ifndef VMCONFIG_EXT4_H
#define VMCONFIG_EXT4_H

#include <stdbool.h>
#include <stdint.h>

struct guest;

struct ext4_state {
	bool unclean;   /* it was not unmounted */
	bool journaled; /* what is missing in it is in its journal */
	bool errors;    /* the kernel, or e2fsck, has found errors that are not repaired */
	uint64_t bytes;
	uint32_t block_size;
};

/* ext4_is() - whether libblkid's name of a type means a filesystem of this family. */
bool ext4_is(const char *type);

/* ext4_read() - read the superblock. Return: 0, -ENODATA when there is none, or -errno. */
int ext4_read(const char *node, struct ext4_state *state);

/*
 * ext4_grow() - let the filesystem that is mounted at @fd fill its device; nothing when it does.
 * @what: what it is for, in messages
 *
 * Return: 0, or negative after guest_error().
 */
int ext4_grow(struct guest *g, const char *what, const char *node, int fd);

#endif
