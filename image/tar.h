/* SPDX-License-Identifier: MIT */
/*
 * Reading tar archives: POSIX ustar and pax, and what GNU tar makes, with
 * their long names, numbers, extended attributes, ACLs and sparse files.
 *
 * libarchive 3.6.2 was tried first, and again. In a locale with UTF-8 it turns
 * names of pax headers into the composed form of Unicode, so that two files of
 * an image become one; in that of C names stay bytes, with a warning that does
 * not differ from others. But of a hostile archive it makes files without a word:
 *
 *   a uid that is no number        root's file
 *   an ACL that cannot be read     a file without one
 *   a name with a NUL              a file named what stands before it
 *   a type that nobody knows       a regular file
 *   something after the end        nothing
 *
 * All of these are errors here.
 */
#ifndef VMCONFIG_TAR_H
#define VMCONFIG_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xattrs.h"

struct complaint;

/* What the headers of one entry, and those of all entries of all layers, may take. */
#define MAX_TAR_HEADER  (1u << 20)
#define MAX_TAR_HEADERS (512u << 20)
#define MAX_TAR_SPARSE  65536u /* pieces of a sparse file */
#define MAX_TAR_XATTRS  128u   /* of one file; a block of ext4 holds fewer */

/* Where an archive comes from. */
struct tar_source {
	/*
	 * The next bytes, valid until the next call; @length is 0 at the end.
	 * Return: 0, or -errno after printing a line.
	 */
	int (*next)(void *arg, const unsigned char **data, size_t *length);
	void *arg;
};

/* Where bytes of a sparse file belong. */
struct tar_piece {
	uint64_t offset;
	uint64_t length;
};

enum tar_type {
	TAR_FILE = '0',
	TAR_HARD_LINK = '1',
	TAR_SYMLINK = '2',
	TAR_CHARACTER = '3',
	TAR_BLOCK = '4',
	TAR_DIRECTORY = '5',
	TAR_FIFO = '6',
};

struct tar_entry {
	enum tar_type type;
	char *path;    /* as it stands in the archive */
	char *link;    /* what a link leads to, else "" */
	uint32_t mode; /* permissions, 07777 at most */
	uint64_t uid, gid;
	uint64_t major, minor;
	uint64_t size; /* of a regular file as it will be */
	int64_t mtime;
	uint32_t mtime_nsec;
	struct xattrs xattrs;
	struct tar_piece *pieces; /* of a regular file: where there are bytes, in ascending order */
	size_t piece_count;
};

struct tar {
	struct tar_source source;
	struct complaint *complaint;
	struct tar_entry entry;

	const unsigned char *data; /* of the source, not yet taken */
	size_t length;
	uint64_t left;         /* bytes of the entry not yet taken */
	unsigned padding;      /* and what fills its last block */
	size_t piece;          /* of the entry, the one being read */
	uint64_t piece_done;   /* its bytes taken */
	uint64_t header_bytes; /* of all entries; whoever reads more archives carries it on */
	unsigned char block[512];
	bool ended;
};

void tar_init(struct tar *t, struct tar_source source, struct complaint *complaint);
void tar_release(struct tar *t);

/*
 * tar_next() - read the headers of the next entry into @t->entry.
 *
 * What has not been taken of the entry before is passed over.
 *
 * Return: 1; 0 at the end of the archive, after which nothing but zeros follows; -EINVAL or -ENOMEM
 * after noting a complaint; else what the source returned.
 */
int tar_next(struct tar *t);

/*
 * tar_data() - the next bytes of the entry.
 * @data:   valid until the next call
 * @offset: where in the file they belong
 * @length: 0 after the last of them
 *
 * Return: as tar_next(), 0 for success.
 */
int tar_data(struct tar *t, const unsigned char **data, size_t *length, uint64_t *offset);

#endif
