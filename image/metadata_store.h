/* SPDX-License-Identifier: MIT */
/* The metadata of a filesystem being made: in memory until all of it is known, then written once.
 */
#ifndef VMCONFIG_METADATA_STORE_H
#define VMCONFIG_METADATA_STORE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h> /* ext2fs.h uses dev_t without asking for it */

#include <ext2fs/ext2fs.h>

#define STORE_BLOCK 4096u
#define STORE_SHELF 32768u /* blocks of one shelf: those of a block group */

/* Blocks that have been written, by number. What has not been is zeros. */
struct store {
	unsigned char ***shelves;
	size_t shelf_count;
};

/* For ext2fs_initialize(); to be followed by store_attach(), @store stays the caller's. */
extern const io_manager store_io;
void store_attach(ext2_filsys fs, struct store *store);

/* store_flush() - write all blocks to their places in @fd. Return: 0 or -errno. */
int store_flush(const struct store *store, int fd);

void store_release(struct store *store);

#endif
