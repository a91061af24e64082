/* SPDX-License-Identifier: MIT */
/* The header block of tar archives, of POSIX and of GNU. */
#include "tar_header.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complaint.h"
#include "tar.h"
#include "tar_pax.h"

#define BLOCK 512u

struct slot {
	unsigned offset;
	unsigned length;
};

static const struct slot slot_name = {0, 100}, slot_mode = {100, 8}, slot_uid = {108, 8},
                         slot_gid = {116, 8}, slot_size = {124, 12}, slot_mtime = {136, 12},
                         slot_checksum = {148, 8}, slot_link = {157, 100}, slot_magic = {257, 6},
                         slot_major = {329, 8}, slot_minor = {337, 8}, slot_prefix = {345, 155},
                         slot_real_size = {483, 12};

#define TYPE_AT          156
#define OLD_MAP_AT       386 /* four pieces */
#define OLD_MAP_PIECES   4
#define OLD_MAP_MORE_AT  482
#define BLOCK_MAP_PIECES 21
#define SPARSE_NUMBER    12 /* bytes of an offset or length */

bool tar_is_zero(const unsigned char *block)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

/* Base 256, big-endian, two's complement without the first bit. */
static int parse_binary(const unsigned char *from, unsigned length, int64_t *value)
{
	int64_t result = from[0] & 0x40 ? -1 : 0;

	for (unsigned i = 0; i < length; i++) {
		unsigned char byte = i ? from[i] : (unsigned char)(from[0] & 0x7f);

		if (i == 0 && result < 0)
			byte |= 0x80;
		if (result > INT64_MAX >> 8 || result < INT64_MIN >> 8)
			return -EINVAL;
		result = (int64_t)((uint64_t)result << 8 | byte);
	}
	*value = result;
	return 0;
}

/* Octal digits between spaces and NULs; nothing at all is 0. */
static int parse_octal(const unsigned char *from, unsigned length, int64_t *value)
{
	int64_t result = 0;
	unsigned i = 0;

	while (i < length && from[i] == ' ')
		i++;
	for (; i < length && from[i] >= '0' && from[i] <= '7'; i++) {
		if (result > INT64_MAX >> 3)
			return -EINVAL;
		result = result << 3 | (from[i] - '0');
	}
	if (i < length && from[i] != ' ' && from[i] != '\0')
		return -EINVAL;
	*value = result;
	return 0;
}

static int parse_signed(const unsigned char *block, struct slot slot, int64_t *value)
{
	const unsigned char *from = block + slot.offset;

	return from[0] & 0x80 ? parse_binary(from, slot.length, value)
	                      : parse_octal(from, slot.length, value);
}

static int parse_unsigned(const unsigned char *block, struct slot slot, uint64_t *value)
{
	int64_t number;
	int r = parse_signed(block, slot, &number);

	if (r < 0 || number < 0)
		return -EINVAL;
	*value = (uint64_t)number;
	return 0;
}

/* Some old archivers have summed signed bytes. */
static bool checksum_is_right(const unsigned char *block)
{
	int64_t stored, plain = 0, with_sign = 0;

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	return true; /* a fuzzer would never get beyond it */
#endif
	if (parse_signed(block, slot_checksum, &stored) < 0)
		return false;
	for (unsigned i = 0; i < BLOCK; i++) {
		bool inside =
		    i >= slot_checksum.offset && i < slot_checksum.offset + slot_checksum.length;

		plain += inside ? ' ' : block[i];
		with_sign += inside ? ' ' : (signed char)block[i];
	}
	return stored == plain || stored == with_sign;
}

int tar_check_header(const unsigned char *block, char *type, uint64_t *size, struct complaint *c)
{
	if (!checksum_is_right(block))
		return complain(c, "here is no header of a tar archive: its checksum is wrong");
	*type = (char)block[TYPE_AT];
	if (parse_unsigned(block, slot_size, size) < 0)
		return complain(c, "the size in its header is no number");
	return 0;
}

static char *copy_text(const unsigned char *block, struct slot slot)
{
	return strndup((const char *)block + slot.offset, slot.length);
}

/* POSIX has room for the front of a long name; GNU uses that room for other things. */
static char *copy_path(const unsigned char *block)
{
	char *name = copy_text(block, slot_name), *path = NULL;

	if (!name || memcmp(block + slot_magic.offset, "ustar", slot_magic.length) != 0 ||
	    !block[slot_prefix.offset])
		return name;
	if (asprintf(&path, "%.*s/%s", (int)slot_prefix.length,
	             (const char *)block + slot_prefix.offset, name) < 0)
		path = NULL;
	free(name);
	return path;
}

static int parse_type(const unsigned char *block, struct tar_entry *e, struct complaint *c)
{
	char type = (char)block[TYPE_AT];
	size_t length = strlen(e->path);

	switch (type) {
	case '\0': /* before POSIX, a directory was a file with a slash at the end */
		e->type = length && e->path[length - 1] == '/' ? TAR_DIRECTORY : TAR_FILE;
		return 0;
	case '7': /* contiguous */
	case 'S':
		e->type = TAR_FILE;
		return 0;
	case '0' ... '6':
		e->type = (enum tar_type)type;
		return 0;
	default:
		return complain(c, "it is of a type that is not known, '%c'", type);
	}
}

int tar_parse_header(const unsigned char *block, struct tar_entry *e, struct complaint *c)
{
	uint64_t mode;
	int r;

	e->path = copy_path(block);
	e->link = copy_text(block, slot_link);
	if (!e->path || !e->link)
		return complain_memory(c);
	r = parse_type(block, e, c);
	if (r < 0)
		return r;
	if (parse_unsigned(block, slot_mode, &mode) < 0 ||
	    parse_unsigned(block, slot_uid, &e->uid) < 0 ||
	    parse_unsigned(block, slot_gid, &e->gid) < 0 ||
	    parse_unsigned(block, slot_size, &e->size) < 0 ||
	    parse_signed(block, slot_mtime, &e->mtime) < 0)
		return complain(c, "a field of its header is no number");
	e->mode = (uint32_t)(mode & 07777);
	if ((e->type == TAR_CHARACTER || e->type == TAR_BLOCK) &&
	    (parse_unsigned(block, slot_major, &e->major) < 0 ||
	     parse_unsigned(block, slot_minor, &e->minor) < 0))
		return complain(c, "the device number in its header is no number");
	return 0;
}

static int add_pieces(const unsigned char *map, unsigned count, struct tar_entry *e,
                      struct complaint *c)
{
	for (unsigned i = 0; i < count; i++, map += 2 * SPARSE_NUMBER) {
		uint64_t offset, length;
		int r;

		if (!map[0]) /* the rest is unused */
			return 0;
		if (parse_unsigned(map, (struct slot){0, SPARSE_NUMBER}, &offset) < 0 ||
		    parse_unsigned(map, (struct slot){SPARSE_NUMBER, SPARSE_NUMBER}, &length) < 0)
			return complain(c, "its sparse map is damaged");
		r = tar_add_piece(&e->pieces, &e->piece_count, offset, length, c);
		if (r < 0)
			return r;
	}
	return 0;
}

bool tar_old_sparse_continues(const unsigned char *block)
{
	return block[OLD_MAP_MORE_AT] != 0;
}

int tar_old_sparse_header(const unsigned char *block, struct tar_entry *e, struct complaint *c)
{
	if (parse_unsigned(block, slot_real_size, &e->size) < 0)
		return complain(c, "the size in its header is no number");
	return add_pieces(block + OLD_MAP_AT, OLD_MAP_PIECES, e, c);
}

int tar_old_sparse_block(const unsigned char *block, struct tar_entry *e, struct complaint *c)
{
	return add_pieces(block, BLOCK_MAP_PIECES, e, c);
}
