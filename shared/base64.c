/* SPDX-License-Identifier: MIT */
/* Base64, in its one canonical form: padded, no white space, unused bits zero. */
#include "base64.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Two texts for the same bytes would be two configs for the same machine. */
static bool tail_is_canonical(const char *text, size_t length, size_t padding)
{
	int unused = padding == 1 ? 0x03 : 0x0f;

	return !padding || !(digit_value(text[length - padding - 1]) & unused);
}

ssize_t base64_size(const char *text)
{
	size_t length = strlen(text), padding = 0;

	if (length % 4)
		return -EINVAL;
	while (padding < 2 && padding < length && text[length - padding - 1] == '=')
		padding++;
	for (size_t i = 0; i < length - padding; i++)
		if (digit_value(text[i]) < 0)
			return -EINVAL;
	if (!tail_is_canonical(text, length, padding))
		return -EINVAL;
	return (ssize_t)(length / 4 * 3 - padding);
}

void *base64_decode(const char *text, size_t *size)
{
	ssize_t bytes = base64_size(text);
	uint32_t bits = 0;
	unsigned char *out;

	if (bytes < 0) {
		errno = EINVAL;
		return NULL;
	}
	out = malloc((size_t)bytes + 1);
	if (!out)
		return NULL;
	*size = 0;
	for (size_t i = 0; *size < (size_t)bytes; i++) {
		bits = bits << 6 | (uint32_t)digit_value(text[i]);
		if (i % 4) /* 6 bits of the first digit are no byte yet */
			out[(*size)++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
	}
	out[*size] = '\0';
	return out;
}

char *base64_encode(const void *bytes, size_t size)
{
	const unsigned char *in = bytes;
	char *text = malloc((size + 2) / 3 * 4 + 1), *out = text;

	if (!text)
		return NULL;
	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t group = (uint32_t)in[i] << 16;

		if (left > 1)
			group |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			group |= in[i + 2];
		*out++ = digits[group >> 18];
		*out++ = digits[group >> 12 & 63];
		*out++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*out++ = left > 2 ? digits[group & 63] : '=';
	}
	*out = '\0';
	return text;
}
