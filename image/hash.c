/* SPDX-License-Identifier: MIT */
/* Digests of streams, by Nettle. */
#include "hash.h"

#include <stdio.h>
#include <string.h>

#include "digest.h"

void hash_init(struct hash *h, const struct digest_algorithm *algorithm)
{
	h->wide = algorithm && algorithm->bytes == SHA512_DIGEST_SIZE;
	if (h->wide)
		sha512_init(&h->sha512);
	else
		sha256_init(&h->sha256);
}

void hash_update(struct hash *h, const void *data, size_t length)
{
	if (h->wide)
		sha512_update(&h->sha512, length, data);
	else
		sha256_update(&h->sha256, length, data);
}

void hash_finish(struct hash *h, unsigned char *digest)
{
	if (h->wide)
		sha512_digest(&h->sha512, SHA512_DIGEST_SIZE, digest);
	else
		sha256_digest(&h->sha256, SHA256_DIGEST_SIZE, digest);
}

bool hash_matches(struct hash *h, const char *hex)
{
	size_t length = h->wide ? SHA512_DIGEST_SIZE : SHA256_DIGEST_SIZE;
	unsigned char digest[MAX_DIGEST_BYTES];
	char text[MAX_DIGEST_BYTES * 2 + 1];

	hash_finish(h, digest);
	for (size_t i = 0; i < length; i++)
		snprintf(text + i * 2, 3, "%02x", digest[i]);
	return strcmp(text, hex) == 0;
}
