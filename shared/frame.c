/* SPDX-License-Identifier: MIT */
/* The frame's header: little-endian, 64 bytes, with a checksum of its own. */
#include "frame.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "contract.h"

#define FRAME_VERSION 1

/* Not text, so that no text file is taken for one; CR and LF do not survive a transfer as text. */
static const char magic[16] = "\x8evmconfig frame";

struct header {
	char magic[16];
	uint32_t version;
	uint32_t offset;
	uint64_t length;
	uint32_t crc;
	uint32_t header_crc; /* of the bytes above */
	unsigned char zero[24];
};

_Static_assert(sizeof(struct header) == FRAME_BYTES, "the header has no padding");

/* CRC-32C (Castagnoli), bit by bit: a config is small, and a table would be larger than most. */
static uint32_t crc32c(const void *data, size_t length)
{
	const unsigned char *bytes = data;
	uint32_t crc = ~0U;

	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78U : 0);
	}
	return ~crc;
}

void frame_encode(unsigned char header[FRAME_BYTES], uint32_t offset, const void *json,
                  size_t length)
{
	struct header h = {
	    .version = htole32(FRAME_VERSION),
	    .offset = htole32(offset),
	    .length = htole64(length),
	    .crc = htole32(crc32c(json, length)),
	};

	memcpy(h.magic, magic, sizeof(magic));
	h.header_crc = htole32(crc32c(&h, offsetof(struct header, header_crc)));
	memcpy(header, &h, sizeof(h));
}

static int parse(const unsigned char *bytes, struct frame *frame)
{
	struct header h;

	memcpy(&h, bytes, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0)
		return -ENODATA;
	if (crc32c(&h, offsetof(struct header, header_crc)) != le32toh(h.header_crc))
		return -EBADMSG;
	if (le32toh(h.version) != FRAME_VERSION)
		return -EPROTONOSUPPORT;
	*frame = (struct frame){
	    .offset = le32toh(h.offset), .length = le64toh(h.length), .crc = le32toh(h.crc)};
	return frame->length > MAX_CONFIG_BYTES ? -EFBIG : 0;
}

int frame_find(const unsigned char *start, size_t size, struct frame *frame)
{
	int r = size < FRAME_BYTES ? -ENODATA : parse(start, frame);

	if (r == -ENODATA && size >= FRAME_SEARCH)
		r = parse(start + FRAME_SECTOR, frame);
	return r;
}

int frame_check(const struct frame *frame, const void *json)
{
	return crc32c(json, (size_t)frame->length) == frame->crc ? 0 : -EBADMSG;
}

const char *frame_error(int result)
{
	switch (result) {
	case -EBADMSG:
		return "is damaged: its checksum is wrong";
	case -EPROTONOSUPPORT:
		return "has a frame of a version that this reader does not know";
	case -EFBIG:
		return "holds a config larger than MAX_CONFIG_BYTES";
	default:
		return "cannot be read";
	}
}
