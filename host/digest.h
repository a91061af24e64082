/* SPDX-License-Identifier: MIT */
/* Digests of content: what names OCI blobs, and what a config disk's UUID is made of. */
#ifndef VMCONFIG_DIGEST_H
#define VMCONFIG_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sha2.h>

#define SHA256_BYTES     32
#define MAX_DIGEST_BYTES 64

struct digest_algorithm {
	const char *name; /* as image-spec descriptor.md registers it */
	size_t bytes;
	void (*init)(SHA2_CTX *context);
	void (*update)(SHA2_CTX *context, const uint8_t *data, size_t length);
	void (*final)(uint8_t *digest, SHA2_CTX *context);
};

/* digest_sha256() - the SHA-256 of @data, SHA256_BYTES of it. */
void digest_sha256(const void *data, size_t length, unsigned char *digest);

/*
 * digest_parse() - take "sha256:2c26…" apart.
 * @hex: the encoded part, in @text
 *
 * Only what may become a file name passes: a registered algorithm, then lower-case hexadecimal
 * digits of the right number.
 *
 * Return: the algorithm, or NULL.
 */
const struct digest_algorithm *digest_parse(const char *text, const char **hex);

/* digest_matches() - whether @data has the digest @hex. */
bool digest_matches(const struct digest_algorithm *algorithm, const char *hex, const void *data,
                    size_t length);

/* digest_file_matches() - the same for the next @length bytes of @fd, which may have more by now,
 * or less. Return: 1, 0 or -errno. */
int digest_file_matches(const struct digest_algorithm *algorithm, const char *hex, int fd,
                        uint64_t length);

#endif
