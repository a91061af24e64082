/* SPDX-License-Identifier: MIT */
/* Compression of layers. */
#include "codec.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

/* Windows of more than 128 MiB have to be asked for; nobody makes layers with them. */
#define MAX_WINDOW_LOG 27

static void *none_begin(void)
{
	return malloc(1);
}

static const char *none_run(void *state, struct codec_buffers *b)
{
	size_t n = b->in_length < b->out_length ? b->in_length : b->out_length;

	(void)state;
	memcpy(b->out, b->in, n);
	b->in += n;
	b->in_length -= n;
	b->out += n;
	b->out_length -= n;
	return NULL;
}

static int none_may_end(const void *state)
{
	(void)state;
	return true;
}

struct gzip {
	z_stream z;
	bool between; /* members */
};

static void *gzip_begin(void)
{
	struct gzip *g = calloc(1, sizeof(*g));

	if (g && inflateInit2(&g->z, 16 + MAX_WBITS) != Z_OK) {
		free(g);
		return NULL;
	}
	return g;
}

static const char *gzip_run(void *state, struct codec_buffers *b)
{
	struct gzip *g = state;
	int r;

	if (g->between && b->in_length) {
		if (*b->in != 0x1f) /* the first byte of a member */
			return "something that is not gzip follows its end";
		inflateReset(&g->z);
		g->between = false;
	}
	if (g->between)
		return NULL;
	g->z.next_in = (z_const Bytef *)(unsigned char *)(size_t)b->in;
	g->z.avail_in = (uInt)b->in_length;
	g->z.next_out = b->out;
	g->z.avail_out = (uInt)b->out_length;
	r = inflate(&g->z, Z_NO_FLUSH);
	b->in += b->in_length - g->z.avail_in;
	b->in_length = g->z.avail_in;
	b->out += b->out_length - g->z.avail_out;
	b->out_length = g->z.avail_out;
	if (r == Z_STREAM_END)
		g->between = true;
	else if (r != Z_OK && r != Z_BUF_ERROR)
		return g->z.msg ? g->z.msg : "it is damaged";
	return NULL;
}

static int gzip_may_end(const void *state)
{
	return ((const struct gzip *)state)->between;
}

static void gzip_end(void *state)
{
	struct gzip *g = state;

	inflateEnd(&g->z);
	free(g);
}

struct zstd {
	ZSTD_DCtx *context;
	size_t hint; /* 0 between frames */
};

static void *zstd_begin(void)
{
	struct zstd *z = calloc(1, sizeof(*z));

	if (!z)
		return NULL;
	z->context = ZSTD_createDCtx();
	if (!z->context) {
		free(z);
		return NULL;
	}
	ZSTD_DCtx_setParameter(z->context, ZSTD_d_windowLogMax, MAX_WINDOW_LOG);
	z->hint = 1;
	return z;
}

static const char *zstd_run(void *state, struct codec_buffers *b)
{
	struct zstd *z = state;
	ZSTD_inBuffer in = {b->in, b->in_length, 0};
	ZSTD_outBuffer out = {b->out, b->out_length, 0};
	size_t r;

	if (!b->in_length && !z->hint)
		return NULL;
	r = ZSTD_decompressStream(z->context, &out, &in);
	b->in += in.pos;
	b->in_length -= in.pos;
	b->out += out.pos;
	b->out_length -= out.pos;
	if (ZSTD_isError(r))
		return ZSTD_getErrorName(r);
	z->hint = r;
	return NULL;
}

static int zstd_may_end(const void *state)
{
	return ((const struct zstd *)state)->hint == 0;
}

static void zstd_end(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDCtx(z->context);
	free(z);
}

static const struct codec none = {"tar", none_begin, none_run, none_may_end, free},
                          gzip = {"gzip", gzip_begin, gzip_run, gzip_may_end, gzip_end},
                          zstd = {"zstd", zstd_begin, zstd_run, zstd_may_end, zstd_end};

static const struct {
	const char *media_type;
	const struct codec *codec;
} media_types[] = {
    {"application/vnd.oci.image.layer.v1.tar", &none},
    {"application/vnd.oci.image.layer.v1.tar+gzip", &gzip},
    {"application/vnd.oci.image.layer.v1.tar+zstd", &zstd},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar", &none},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", &gzip},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", &zstd},
    {"application/vnd.docker.image.rootfs.diff.tar", &none},
    {"application/vnd.docker.image.rootfs.diff.tar.gzip", &gzip},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd", &zstd},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", &gzip},
};

const struct codec *codec_for(const char *media_type)
{
	for (size_t i = 0; i < sizeof(media_types) / sizeof(media_types[0]); i++)
		if (strcmp(media_types[i].media_type, media_type) == 0)
			return media_types[i].codec;
	return NULL;
}
