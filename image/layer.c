/* SPDX-License-Identifier: MIT */
/* The bytes of one layer. */
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "codec.h"
#include "digest.h"
#include "error.h"
#include "oci_layout.h"
#include "progress.h"

#define BUFFER_BYTES (256u << 10)

static int open_blob(struct layer *l, const struct layout *layout,
                     const struct digest_algorithm *algorithm, size_t number)
{
	char file[160];
	struct stat st;

	snprintf(file, sizeof(file), "blobs/%s/%s", algorithm->name, l->blob_hex);
	if (asprintf(&l->name, "%s/%s: layer %zu", layout->path, file, number) < 0) {
		l->name = NULL;
		return fail_errno(ENOMEM, "cannot read '%s'", layout->path);
	}
	l->fd = layout_open_file(layout, file);
	if (l->fd < 0)
		return fail_errno(-l->fd, "%s: cannot open it", l->name);
	if (fstat(l->fd, &st) < 0)
		return fail_errno(errno, "%s: cannot open it", l->name);
	if (!S_ISREG(st.st_mode))
		return fail("%s: it is not a regular file", l->name);
	if ((uint64_t)st.st_size != l->from->blob.size)
		return fail("%s: it has %" PRIu64 " bytes, but %s/size is %" PRIu64, l->name,
		            (uint64_t)st.st_size, l->from->blob.place, l->from->blob.size);
	posix_fadvise(l->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

int layer_open(struct layer *l, const struct layout *layout, const struct oci_layer *from,
               size_t number)
{
	const struct digest_algorithm *blob, *diff;
	int r;

	*l = (struct layer){.fd = -1, .from = from, .codec = codec_for(from->media_type)};
	blob = digest_parse(from->blob.digest, &l->blob_hex);
	diff = digest_parse(from->diff_id, &l->diff_hex);
	/* The other was looked at with the config. */
	if (!blob || !diff)
		return fail("%s: digest '%.160s' is neither 'sha256:' nor 'sha512:' with its "
		            "lower-case hexadecimal digits",
		            from->blob.place, from->blob.digest);
	r = open_blob(l, layout, blob, number);
	if (r < 0)
		return r;
	if (!l->codec)
		return fail("%s: media type '%.128s' is no layer that can be read", l->name,
		            from->media_type);
	hash_init(&l->blob_hash, blob);
	hash_init(&l->diff_hash, diff);
	l->in = malloc(BUFFER_BYTES);
	l->out = malloc(BUFFER_BYTES);
	l->state = l->codec->begin();
	if (!l->in || !l->out || !l->state)
		return fail_errno(ENOMEM, "%s: cannot read it", l->name);
	return 0;
}

void layer_release(struct layer *l)
{
	if (l->state)
		l->codec->end(l->state);
	if (l->fd >= 0)
		close(l->fd);
	free(l->name);
	free(l->in);
	free(l->out);
	*l = (struct layer){.fd = -1};
}

/* More of the blob. */
static int refill(struct layer *l)
{
	ssize_t n;

	do
		n = read(l->fd, l->in, BUFFER_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_errno(errno, "%s: cannot read it", l->name);
	l->in_at = l->in;
	l->in_length = (size_t)n;
	l->in_ended = n == 0;
	l->blob_bytes += (uint64_t)n;
	if (l->verify)
		hash_update(&l->blob_hash, l->in, (size_t)n);
	progress_add(l->progress, (uint64_t)n);
	return 0;
}

static bool blob_is_right(struct layer *l)
{
	if (l->blob_bytes != l->from->blob.size)
		fail("%s: it has %" PRIu64 " bytes, but %s/size is %" PRIu64, l->name,
		     l->blob_bytes, l->from->blob.place, l->from->blob.size);
	else if (!hash_matches(&l->blob_hash, l->blob_hex))
		fail("%s: it has other content, its digest differs", l->name);
	else
		return true;
	return false;
}

bool layer_explain(struct layer *l)
{
	const char *hex;

	if (l->fd < 0 || !l->in || lseek(l->fd, 0, SEEK_SET) < 0)
		return false;
	hash_init(&l->blob_hash, digest_parse(l->from->blob.digest, &hex));
	l->verify = true;
	l->blob_bytes = 0;
	do {
		if (refill(l) < 0)
			return true;
	} while (!l->in_ended);
	return !blob_is_right(l);
}

static int finish(struct layer *l)
{
	l->ended = true;
	if (!l->verify)
		return 0;
	if (!blob_is_right(l))
		return -EINVAL;
	if (!hash_matches(&l->diff_hash, l->diff_hex))
		return fail("%s: what it unpacks to has another digest than its diff_id '%s'",
		            l->name, l->from->diff_id);
	return 0;
}

static int damaged(struct layer *l, const char *what)
{
	return layer_explain(l) ? -EINVAL : fail("%s: %s: %s", l->name, l->codec->name, what);
}

static int check_expansion(struct layer *l)
{
	if (l->tar_bytes > MAX_LAYER_EXPANSION_AFTER &&
	    l->tar_bytes / MAX_LAYER_EXPANSION > l->blob_bytes)
		return fail("%s: it unpacks to more than %u times its size "
		            "(MAX_LAYER_EXPANSION)",
		            l->name, MAX_LAYER_EXPANSION);
	return 0;
}

/* Run the codec until there is output. Return: bytes, 0 at the end, or -errno. */
static ssize_t decode(struct layer *l)
{
	struct codec_buffers b = {.out = l->out, .out_length = BUFFER_BYTES};

	while (b.out_length == BUFFER_BYTES) {
		const char *wrong;

		if (!l->in_length && !l->in_ended && refill(l) < 0)
			return -EIO;
		b.in = l->in_at;
		b.in_length = l->in_length;
		wrong = l->codec->run(l->state, &b);
		l->in_at = b.in;
		l->in_length = b.in_length;
		if (wrong)
			return damaged(l, wrong);
		if (b.out_length == BUFFER_BYTES && l->in_ended && !l->in_length)
			break;
	}
	if (b.out_length == BUFFER_BYTES && !l->codec->may_end(l->state))
		return damaged(l, "it ends in the middle");
	return (ssize_t)(BUFFER_BYTES - b.out_length);
}

int layer_next(void *layer, const unsigned char **data, size_t *length)
{
	struct layer *l = layer;
	ssize_t n = l->ended ? 0 : decode(l);

	*length = 0;
	if (n < 0)
		return (int)n;
	if (n == 0)
		return l->ended ? 0 : finish(l);
	l->tar_bytes += (uint64_t)n;
	if (l->verify)
		hash_update(&l->diff_hash, l->out, (size_t)n);
	*data = l->out;
	*length = (size_t)n;
	return check_expansion(l);
}
