/* SPDX-License-Identifier: MIT */
/* Compression of layers: none, gzip (RFC 1952), zstd (RFC 8878). */
#ifndef VMCONFIG_CODEC_H
#define VMCONFIG_CODEC_H

#include <stddef.h>

struct codec_buffers {
	const unsigned char *in; /* moved on as it is taken */
	size_t in_length;
	unsigned char *out; /* moved on as it is filled */
	size_t out_length;
};

struct codec {
	const char *name;
	void *(*begin)(void); /* NULL when out of memory */
	/*
	 * Take and fill what can be. Return: NULL, or what is wrong with the
	 * input. More parts may follow the first, as gzip(1) and zstd(1) allow.
	 */
	const char *(*run)(void *state, struct codec_buffers *b);
	/* Whether the input may end here. */
	int (*may_end)(const void *state);
	void (*end)(void *state);
};

/* codec_for() - by the media type of a layer, OCI's or Docker's; NULL when it is none we know. */
const struct codec *codec_for(const char *media_type);

#endif
