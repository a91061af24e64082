/* SPDX-License-Identifier: MIT */
/* The bytes of one layer's tar archive: read, decompressed, and verified. */
#ifndef VMCONFIG_LAYER_H
#define VMCONFIG_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash.h"

struct codec;
struct oci_layer;
struct layout;
struct progress;

/* A layer that is more than so many times as large as its blob, and larger than so many bytes, is
 * taken to be a bomb. */
#define MAX_LAYER_EXPANSION       1000u
#define MAX_LAYER_EXPANSION_AFTER (64u << 20)

struct layer {
	char *name; /* "LAYOUT/blobs/sha256/0123…: layer 2" */
	const struct oci_layer *from;
	const char *blob_hex, *diff_hex;
	const struct codec *codec;
	void *state;
	int fd;
	struct hash blob_hash, diff_hash;
	uint64_t blob_bytes, tar_bytes; /* so far */
	unsigned char *in, *out;
	const unsigned char *in_at;
	size_t in_length;
	bool in_ended, ended;
	bool verify;               /* size and digests, before the end is reported */
	struct progress *progress; /* told of each piece of the blob; NULL: nobody is */
};

/*
 * layer_open() - begin to read a layer.
 * @l:      overwritten; release it whatever the result
 * @number: of the layer, from 1
 *
 * Return: 0, or -errno after printing a line.
 */
int layer_open(struct layer *l, const struct layout *layout, const struct oci_layer *from,
               size_t number);

/*
 * layer_next() - next() of a struct tar_source, with a struct layer.
 *
 * With @verify set, the end is reported only after size and digests have been
 * found right.
 */
int layer_next(void *layer, const unsigned char **data, size_t *length);

/*
 * layer_explain() - why a layer may be damaged: whether its blob is what its
 * descriptor says. Reads all of it; nothing is to be read from it after.
 *
 * Return: whether it is not, after printing a line.
 */
bool layer_explain(struct layer *l);

void layer_release(struct layer *l);

#endif
