/* SPDX-License-Identifier: MIT */
/* Digests of streams. Nettle uses the processor's instructions for SHA-256, which is five times as
 * fast. */
#ifndef VMCONFIG_HASH_H
#define VMCONFIG_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include <nettle/sha2.h>

struct digest_algorithm;

struct hash {
	bool wide; /* SHA-512 */
	union {
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	};
};

/* hash_init() - begin one; NULL is SHA-256. */
void hash_init(struct hash *h, const struct digest_algorithm *algorithm);
void hash_update(struct hash *h, const void *data, size_t length);

/* hash_finish() - MAX_DIGEST_BYTES of room; @h may be used for the next one. */
void hash_finish(struct hash *h, unsigned char *digest);

/* hash_matches() - finish it, and compare with lower-case digits. */
bool hash_matches(struct hash *h, const char *hex);

#endif
