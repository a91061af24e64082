/* SPDX-License-Identifier: MIT */
/* Digests of content, by libmd. */
#include "digest.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void digest_sha256(const void *data, size_t length, unsigned char *digest)
{
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, data, length);
	SHA256Final(digest, &context);
}

static const struct digest_algorithm algorithms[] = {
    {"sha256", SHA256_BYTES, SHA256Init, SHA256Update, SHA256Final},
    {"sha512", 64, SHA512Init, SHA512Update, SHA512Final},
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

static bool ends_as(const struct digest_algorithm *algorithm, SHA2_CTX *context, const char *hex)
{
	unsigned char digest[MAX_DIGEST_BYTES];
	char text[MAX_DIGEST_BYTES * 2 + 1];

	algorithm->final(digest, context);
	for (size_t i = 0; i < algorithm->bytes; i++)
		snprintf(text + i * 2, 3, "%02x", digest[i]);
	return strcmp(text, hex) == 0;
}

bool digest_matches(const struct digest_algorithm *algorithm, const char *hex, const void *data,
                    size_t length)
{
	SHA2_CTX context;

	algorithm->init(&context);
	algorithm->update(&context, data, length);
	return ends_as(algorithm, &context, hex);
}

int digest_file_matches(const struct digest_algorithm *algorithm, const char *hex, int fd,
                        uint64_t length)
{
	unsigned char data[65536];
	SHA2_CTX context;

	algorithm->init(&context);
	while (length) {
		size_t piece = length < sizeof(data) ? (size_t)length : sizeof(data);
		ssize_t n = read(fd, data, piece);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		algorithm->update(&context, data, (size_t)n);
		length -= (uint64_t)n;
	}
	return ends_as(algorithm, &context, hex);
}
