/* SPDX-License-Identifier: MIT */
/* I/O managers for libext2fs: a filesystem made in memory, and one read with a limit from a
 * descriptor. */
#ifndef VMCONFIG_EXT4_IO_H
#define VMCONFIG_EXT4_IO_H

#include <stddef.h>
#include <sys/types.h> /* ext2fs.h uses dev_t without asking for it */

#include <ext2fs/ext2fs.h>

#include "disk.h"

/*
 * For ext2fs_initialize(), which does no I/O of its own; the name given to it
 * is not used. To be followed by disk_memory_attach().
 */
extern const io_manager disk_memory_io;

/* disk_memory_attach() - let @fs write to @image, which stays the caller's and outlives @fs. */
void disk_memory_attach(ext2_filsys fs, struct disk_image *image);

/*
 * For ext2fs_open(), read-only; the name given to it is the descriptor's
 * number, which stays the caller's. An image whose blocks point in circles
 * would be read for ever, so after DISK_READ_BUDGET bytes there is nothing but
 * the error DISK_BUDGET_SPENT.
 */
extern const io_manager disk_reader_io;

/* A config of MAX_CONFIG_BYTES in the worst shape, every block behind three others, takes half of
 * it. */
#define DISK_READ_BUDGET  (128u << 20)
#define DISK_BUDGET_SPENT EDQUOT

/* disk_error() - what a code of libext2fs means. */
const char *disk_error(errcode_t code);

#endif
