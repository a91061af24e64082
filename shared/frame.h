/* SPDX-License-Identifier: MIT */
/*
 * A frame: the config as bytes of a device that needs no filesystem to be read.
 *
 * The header says where on the device the config is, how long it is, and its
 * checksum. It stands at the very beginning (the raw form of a config disk), or
 * in the second sector, which squashfs leaves to others (the squashfs form).
 */
#ifndef VMCONFIG_FRAME_H
#define VMCONFIG_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_BYTES  64 /* of a header */
#define FRAME_SECTOR 512
#define FRAME_SEARCH (FRAME_SECTOR + FRAME_BYTES) /* bytes of a device that may hold a header */

struct frame {
	uint32_t offset; /* of the config on the device */
	uint64_t length; /* of the config */
	uint32_t crc;    /* of the config: CRC-32C */
};

/* frame_encode() - the header of @json, which stands at @offset. */
void frame_encode(unsigned char header[FRAME_BYTES], uint32_t offset, const void *json,
                  size_t length);

/*
 * frame_find() - look for a header in the first @size bytes of a device.
 *
 * Return: 0; -ENODATA when there is none; -EBADMSG when it is damaged, -EPROTONOSUPPORT when it is
 * of a later version, -EFBIG when the config is larger than MAX_CONFIG_BYTES.
 */
int frame_find(const unsigned char *start, size_t size, struct frame *frame);

/* frame_check() - whether @json is what the header says: 0 or -EBADMSG. */
int frame_check(const struct frame *frame, const void *json);

/* frame_error() - what a result of the above means: the rest of a line after the device's name. */
const char *frame_error(int result);

#endif
