/* SPDX-License-Identifier: MIT */
/* The block of 512 bytes that stands before each entry of a tar archive. */
#ifndef VMCONFIG_TAR_HEADER_H
#define VMCONFIG_TAR_HEADER_H

#include <stdbool.h>
#include <stdint.h>

struct complaint;
struct tar_entry;

bool tar_is_zero(const unsigned char *block);

/* tar_check_header() - its checksum, and what is needed of every kind. Return: 0 or -EINVAL. */
int tar_check_header(const unsigned char *block, char *type, uint64_t *size, struct complaint *c);

/* tar_parse_header() - all of it, of an entry. Return: 0, or -errno after a complaint. */
int tar_parse_header(const unsigned char *block, struct tar_entry *e, struct complaint *c);

/* GNU's old sparse files, type 'S': the map begins in the header and goes on in blocks after it. */
bool tar_old_sparse_continues(const unsigned char *block);
int tar_old_sparse_header(const unsigned char *block, struct tar_entry *e, struct complaint *c);
int tar_old_sparse_block(const unsigned char *block, struct tar_entry *e, struct complaint *c);

#endif
