/* SPDX-License-Identifier: MIT */
/*
 * The squashfs form: squashfs 4.0 with one uncompressed file.
 *
 *      0  super block
 *    512  a frame's header, between the super block and the data, where
 *         squashfs has nothing: init reads the config without mounting
 *   1024  the config, as the data blocks of /config.json
 *         inode table, directory table, id table
 *
 * Documentation/filesystems/squashfs.rst of the kernel describes the layout;
 * everything is little-endian.
 */
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "contract.h"
#include "disk_form.h"
#include "frame.h"

#define DATA_OFFSET       1024
#define BLOCK_LOG         20
#define BLOCK_BYTES       (1u << BLOCK_LOG)
#define DATA_UNCOMPRESSED (1u << 24) /* in the size of a data block */
#define META_UNCOMPRESSED (1u << 15) /* in the size before a metadata block */
#define IMAGE_ALIGN       4096
#define NOWHERE           0xffffffffffffffffULL
#define NO_FRAGMENT       0xffffffffu
#define COMPRESSION_ZLIB  1 /* never used, but it must be one that the kernel has */
/* Inodes, data, fragments and ids not compressed, no fragments, no extended attributes. */
#define FLAGS (0x1 | 0x2 | 0x8 | 0x10 | 0x200 | 0x800)

#define TYPE_DIR  1
#define TYPE_FILE 2

#define FILE_INODE 1
#define ROOT_INODE 2

struct super {
	uint32_t magic, inodes, time, block_size, fragments;
	uint16_t compression, block_log, flags, ids, major, minor;
	uint64_t root_inode, bytes_used, id_table, xattr_table, inode_table, directory_table;
	uint64_t fragment_table, lookup_table;
} __attribute__((packed));

struct inode {
	uint16_t type, mode, uid, gid;
	uint32_t time, number;
} __attribute__((packed));

struct file_inode {
	struct inode base;
	uint32_t start, fragment, fragment_offset, size;
	uint32_t blocks[MAX_CONFIG_BYTES / BLOCK_BYTES];
} __attribute__((packed));

#define FILE_INODE_BYTES offsetof(struct file_inode, blocks)

struct dir_inode {
	struct inode base;
	uint32_t start, links;
	uint16_t size, offset;
	uint32_t parent;
} __attribute__((packed));

struct directory {
	uint32_t last, start, inode;
	uint16_t offset;
	int16_t inode_delta;
	uint16_t type, last_of_name;
	char name[sizeof(CONFIG_PATH) - 2];
} __attribute__((packed));

_Static_assert(sizeof(struct super) == 96, "as squashfs has it");
_Static_assert(sizeof(struct super) <= FRAME_SECTOR, "the frame is behind it");

struct layout {
	size_t blocks, inode_bytes, inode_table, directory_table, id_block, id_table, end;
};

static void plan(struct layout *l, size_t length)
{
	l->blocks = (length + BLOCK_BYTES - 1) / BLOCK_BYTES;
	l->inode_bytes = FILE_INODE_BYTES + l->blocks * 4 + sizeof(struct dir_inode);
	l->inode_table = DATA_OFFSET + length;
	l->directory_table = l->inode_table + 2 + l->inode_bytes;
	l->id_block = l->directory_table + 2 + sizeof(struct directory);
	l->id_table = l->id_block + 2 + 4;
	l->end = l->id_table + 8;
}

static unsigned char *put_meta(unsigned char *at, size_t bytes)
{
	uint16_t header = htole16((uint16_t)(META_UNCOMPRESSED | bytes));

	memcpy(at, &header, sizeof(header));
	return at + sizeof(header);
}

static void put_super(unsigned char *bytes, const struct layout *l)
{
	struct super s = {
	    .magic = htole32(0x73717368),
	    .inodes = htole32(2),
	    .block_size = htole32(BLOCK_BYTES),
	    .compression = htole16(COMPRESSION_ZLIB),
	    .block_log = htole16(BLOCK_LOG),
	    .flags = htole16(FLAGS),
	    .ids = htole16(1),
	    .major = htole16(4),
	    .root_inode = htole64(FILE_INODE_BYTES + l->blocks * 4), /* in the first block */
	    .bytes_used = htole64(l->end),
	    .id_table = htole64(l->id_table),
	    .xattr_table = NOWHERE,
	    .inode_table = htole64(l->inode_table),
	    .directory_table = htole64(l->directory_table),
	    .fragment_table = NOWHERE,
	    .lookup_table = NOWHERE,
	};

	memcpy(bytes, &s, sizeof(s));
}

static void put_inodes(unsigned char *bytes, const struct layout *l, size_t length)
{
	unsigned char *at = put_meta(bytes + l->inode_table, l->inode_bytes);
	struct file_inode file = {
	    .base = {.type = htole16(TYPE_FILE),
	             .mode = htole16(0600),
	             .number = htole32(FILE_INODE)},
	    .start = htole32(DATA_OFFSET),
	    .fragment = htole32(NO_FRAGMENT),
	    .size = htole32((uint32_t)length),
	};
	struct dir_inode root = {
	    .base = {.type = htole16(TYPE_DIR),
	             .mode = htole16(0755),
	             .number = htole32(ROOT_INODE)},
	    .links = htole32(2),
	    /* 3 more than the listing: "." and ".." are not in it. */
	    .size = htole16(sizeof(struct directory) + 3),
	    .parent = htole32(ROOT_INODE + 1), /* one past the last: the root has none */
	};

	for (size_t i = 0; i < l->blocks; i++) {
		size_t left = length - i * BLOCK_BYTES;

		file.blocks[i] = htole32(DATA_UNCOMPRESSED |
		                         (uint32_t)(left < BLOCK_BYTES ? left : BLOCK_BYTES));
	}
	memcpy(at, &file, FILE_INODE_BYTES + l->blocks * 4);
	memcpy(at + FILE_INODE_BYTES + l->blocks * 4, &root, sizeof(root));
}

static void put_directory(unsigned char *bytes, const struct layout *l)
{
	struct directory d = {
	    .inode = htole32(FILE_INODE),
	    .type = htole16(TYPE_FILE),
	    .last_of_name = htole16(sizeof(d.name) - 1),
	};

	memcpy(d.name, &CONFIG_PATH[1], sizeof(d.name));
	memcpy(put_meta(bytes + l->directory_table, sizeof(d)), &d, sizeof(d));
}

/* One id, 0, and where its block is. */
static void put_ids(unsigned char *bytes, const struct layout *l)
{
	uint64_t where = htole64(l->id_block);

	put_meta(bytes + l->id_block, 4);
	memcpy(bytes + l->id_table, &where, sizeof(where));
}

static int make(const char *json, size_t length, struct disk_image *image)
{
	struct layout l;
	int r;

	plan(&l, length);
	r = disk_allocate(image, (l.end + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN);
	if (r < 0)
		return r;
	put_super(image->bytes, &l);
	frame_encode(image->bytes + FRAME_SECTOR, DATA_OFFSET, json, length);
	memcpy(image->bytes + DATA_OFFSET, json, length);
	put_inodes(image->bytes, &l, length);
	put_directory(image->bytes, &l);
	put_ids(image->bytes, &l);
	return 0;
}

const struct disk_form_row form_squashfs = {"squashfs", make, disk_read_frame};
