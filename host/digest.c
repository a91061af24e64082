/* SPDX-License-Identifier: MIT */
/* Digests of content, by libmd. */
#include "digest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sha2.h>

void digest_sha256(const void *data, size_t length, unsigned char *digest)
{
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, data, length);
	SHA256Final(digest, &context);
}

static void digest_sha512(const void *data, size_t length, unsigned char *digest)
{
	SHA2_CTX context;

	SHA512Init(&context);
	SHA512Update(&context, data, length);
	SHA512Final(digest, &context);
}

static const struct digest_algorithm algorithms[] = {
    {"sha256", SHA256_BYTES, digest_sha256},
    {"sha512", 64, digest_sha512},
};

const struct digest_algorithm *digest_parse(const char *text, const char **hex)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		const struct digest_algorithm *algorithm = &algorithms[i];
		size_t n = strlen(algorithm->name);

		if (strncmp(text, algorithm->name, n) != 0 || text[n] != ':')
			continue;
		*hex = text + n + 1;
		n = strspn(*hex, "0123456789abcdef");
		return n == algorithm->bytes * 2 && (*hex)[n] == '\0' ? algorithm : NULL;
	}
	return NULL;
}

bool digest_matches(const struct digest_algorithm *algorithm, const char *hex, const void *data,
                    size_t length)
{
	unsigned char digest[MAX_DIGEST_BYTES];
	char text[MAX_DIGEST_BYTES * 2 + 1];

	algorithm->compute(data, length, digest);
	for (size_t i = 0; i < algorithm->bytes; i++)
		snprintf(text + i * 2, 3, "%02x", digest[i]);
	return strcmp(text, hex) == 0;
}
