/* SPDX-License-Identifier: MIT */
/* The checksum of ext4's metadata: CRC-32C (RFC 3720, appendix B.4), without its final inversion.
 */
#ifndef VMCONFIG_CRC32C_H
#define VMCONFIG_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* crc32c() - continue @crc, at first ~0, over @data. */
uint32_t crc32c(uint32_t crc, const void *data, size_t length);

#endif
