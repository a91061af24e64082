/* SPDX-License-Identifier: MIT */
/* Making an ext4 filesystem. */
#ifndef VMCONFIG_EXT4_MAKE_H
#define VMCONFIG_EXT4_MAKE_H

#include <stdint.h>

/* What differs from one filesystem to the next. */
struct ext4_identity {
	uint8_t uuid[16];
	uint8_t hash_seed[16];
	uint32_t time; /* seconds since 1970 */
};

/*
 * ext4_make() - write it. The first blocks come last, and at once: until then there is none.
 * @fd:    the device, or a file
 * @bytes: its size
 *
 * Return: 0 or -errno: -ENOSPC when it is too small, -EFBIG when it is too large.
 */
int ext4_make(int fd, uint64_t bytes, const struct ext4_identity *id);

/*
 * ext4_format() - the same for a device node, with an identity of its own.
 *
 * Refuses what is not blank: anything that libblkid knows, a partition table
 * too, or a byte in the first MiB.
 *
 * Return: 0, -EEXIST when it is not blank, or -errno.
 */
int ext4_format(const char *node);

#endif
