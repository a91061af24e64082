/* SPDX-License-Identifier: MIT */
/* What pax headers and GNU's long names say about the entry that follows them. */
#ifndef VMCONFIG_TAR_PAX_H
#define VMCONFIG_TAR_PAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tar.h"

struct tar_overrides {
	char *path;
	char *link;
	char *sparse_name; /* GNU.sparse.name: the name that counts */
	char *sparse_map;  /* GNU.sparse.map, form 0.1 */
	bool has_uid, has_gid, has_size, has_mtime, has_real_size;
	uint64_t uid, gid, size, real_size;
	int64_t mtime;
	uint32_t mtime_nsec;
	unsigned sparse_major, sparse_minor; /* form 1.0 has its map before the bytes */
	uint64_t sparse_offset;              /* form 0.0: of the piece whose length follows */
	struct tar_piece *pieces;
	size_t piece_count;
	struct xattrs xattrs;
};

void tar_overrides_release(struct tar_overrides *o);

/* tar_parse_pax() - take in the records of a pax header. Return: 0, or -errno after a complaint. */
int tar_parse_pax(struct tar_overrides *o, const char *text, size_t length, struct complaint *c);

/* tar_add_piece() - add to a sparse file's map; pieces ascend and do not overlap. */
int tar_add_piece(struct tar_piece **pieces, size_t *count, uint64_t offset, uint64_t length,
                  struct complaint *c);

/* tar_decimal() - a number and nothing else. Return: 0 or -EINVAL, silently. */
int tar_decimal(const char *text, uint64_t *value);

#endif
