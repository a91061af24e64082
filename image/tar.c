/* SPDX-License-Identifier: MIT */
/* Reading tar archives. Everything in them is hostile; sizes are believed once the bytes are there.
 */
#include "tar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "complaint.h"
#include "tar_header.h"
#include "tar_pax.h"
#include "tree.h"

#define BLOCK 512u

void tar_init(struct tar *t, struct tar_source source, struct complaint *complaint)
{
	*t = (struct tar){.source = source, .complaint = complaint};
}

static void entry_release(struct tar_entry *e)
{
	free(e->path);
	free(e->link);
	free(e->pieces);
	xattrs_release(&e->xattrs);
	*e = (struct tar_entry){0};
}

void tar_release(struct tar *t)
{
	entry_release(&t->entry);
}

/* See to it that there are bytes; @t->length stays 0 at the end. */
static int fetch(struct tar *t)
{
	return t->length ? 0 : t->source.next(t->source.arg, &t->data, &t->length);
}

static void advance(struct tar *t, size_t n)
{
	t->data += n;
	t->length -= n;
}

static int truncated(struct tar *t)
{
	return complain(t->complaint, "the archive ends in the middle of it");
}

/* Return: bytes copied, fewer than @n only at the end; or negative. */
static ssize_t take(struct tar *t, void *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		int r = fetch(t);
		size_t part;

		if (r < 0)
			return r;
		if (!t->length)
			break;
		part = t->length < n - done ? t->length : n - done;
		memcpy((char *)to + done, t->data, part);
		advance(t, part);
		done += part;
	}
	return (ssize_t)done;
}

static int skip(struct tar *t, uint64_t n)
{
	while (n) {
		int r = fetch(t);
		size_t part;

		if (r < 0)
			return r;
		if (!t->length)
			return truncated(t);
		part = t->length < n ? t->length : (size_t)n;
		advance(t, part);
		n -= part;
	}
	return 0;
}

static unsigned padding_of(uint64_t size)
{
	return (unsigned)(-size % BLOCK);
}

/* Read the body of a header into a string. */
static int read_body(struct tar *t, uint64_t size, char **text)
{
	_cleanup_free_ char *body = NULL;
	ssize_t n;

	t->header_bytes += size;
	if (size > MAX_TAR_HEADER)
		return complain(t->complaint,
		                "its headers are larger than %u bytes (MAX_TAR_HEADER)",
		                MAX_TAR_HEADER);
	if (t->header_bytes > MAX_TAR_HEADERS)
		return complain(t->complaint,
		                "there are headers of more than %u bytes (MAX_TAR_HEADERS)",
		                MAX_TAR_HEADERS);
	body = malloc((size_t)size + 1);
	if (!body)
		return complain_memory(t->complaint);
	n = take(t, body, (size_t)size);
	if (n < 0)
		return (int)n;
	if ((uint64_t)n < size)
		return truncated(t);
	body[size] = '\0';
	*text = steal_ptr(&body);
	return skip(t, padding_of(size));
}

/* GNU's long name: a string, NUL included. */
static int read_name(struct tar *t, uint64_t size, char **name)
{
	free(*name);
	*name = NULL;
	return read_body(t, size, name);
}

static int read_pax(struct tar *t, uint64_t size, struct tar_overrides *o)
{
	_cleanup_free_ char *text = NULL;
	int r = read_body(t, size, &text);

	return r < 0 ? r : tar_parse_pax(o, text, (size_t)size, t->complaint);
}

/* After the first block of zeros nothing but zeros may come. */
static int read_end(struct tar *t)
{
	for (;;) {
		int r = fetch(t);

		if (r < 0)
			return r;
		if (!t->length)
			break;
		for (size_t i = 0; i < t->length; i++)
			if (t->data[i])
				return complain(t->complaint,
				                "something other than zeros follows the end of "
				                "the archive");
		advance(t, t->length);
	}
	t->ended = true;
	return 0;
}

/* GNU's old form: more of the map in blocks after the header. */
static int read_old_sparse(struct tar *t)
{
	bool more = tar_old_sparse_continues(t->block);
	int r = tar_old_sparse_header(t->block, &t->entry, t->complaint);

	while (r == 0 && more) {
		unsigned char block[BLOCK];
		ssize_t n = take(t, block, BLOCK);

		if (n < 0)
			return (int)n;
		if (n < (ssize_t)BLOCK)
			return truncated(t);
		r = tar_old_sparse_block(block, &t->entry, t->complaint);
		more = block[504] != 0;
	}
	return r;
}

/* One line of a map that stands before the bytes. */
static int read_map_number(struct tar *t, uint64_t *value)
{
	char text[24];

	for (size_t n = 0; n < sizeof(text); n++) {
		ssize_t got = t->left ? take(t, text + n, 1) : 0;

		if (got < 0)
			return (int)got;
		if (got == 0)
			return complain(t->complaint, "its sparse map is damaged");
		t->left--;
		if (text[n] != '\n')
			continue;
		text[n] = '\0';
		if (tar_decimal(text, value) < 0)
			break;
		return 0;
	}
	return complain(t->complaint, "its sparse map is damaged");
}

/* Form 1.0 of pax's sparse files: the map is text in front of the bytes, in whole blocks. */
static int read_new_sparse(struct tar *t)
{
	uint64_t before = t->left, count, offset, length, fill;
	int r = read_map_number(t, &count);

	for (uint64_t i = 0; r == 0 && i < count; i++) {
		r = read_map_number(t, &offset);
		if (r == 0)
			r = read_map_number(t, &length);
		if (r == 0)
			r = tar_add_piece(&t->entry.pieces, &t->entry.piece_count, offset, length,
			                  t->complaint);
	}
	if (r < 0)
		return r;
	fill = padding_of(before - t->left);
	if (fill > t->left)
		return complain(t->complaint, "its sparse map is damaged");
	t->left -= fill;
	return skip(t, fill);
}

/* "0,1024,4096,512" */
static int parse_map(struct tar *t, char *map)
{
	char *word;

	while ((word = strsep(&map, ","))) {
		char *second = strsep(&map, ",");
		uint64_t offset, length;
		int r;

		if (!second || tar_decimal(word, &offset) < 0 || tar_decimal(second, &length) < 0)
			return complain(t->complaint, "its sparse map is damaged");
		r = tar_add_piece(&t->entry.pieces, &t->entry.piece_count, offset, length,
		                  t->complaint);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The map must account for every byte there is, and end within the file. */
static int check_pieces(struct tar *t)
{
	const struct tar_entry *e = &t->entry;
	uint64_t sum = 0;

	for (size_t i = 0; i < e->piece_count; i++)
		sum += e->pieces[i].length;
	if (sum != t->left)
		return complain(t->complaint, "its sparse map does not match its size");
	if (e->piece_count &&
	    e->pieces[e->piece_count - 1].offset + e->pieces[e->piece_count - 1].length > e->size)
		return complain(t->complaint, "its sparse map goes beyond its end");
	return 0;
}

static int find_pieces(struct tar *t, struct tar_overrides *o, char type)
{
	struct tar_entry *e = &t->entry;
	int r = 0;

	if (type == 'S')
		r = read_old_sparse(t);
	else if (o->sparse_major == 1)
		r = read_new_sparse(t);
	else if (o->sparse_map)
		r = parse_map(t, o->sparse_map);
	else if (o->pieces) {
		e->pieces = steal_ptr(&o->pieces);
		e->piece_count = o->piece_count;
	} else if (!o->has_real_size)
		return tar_add_piece(&e->pieces, &e->piece_count, 0, t->left, t->complaint);
	if (o->has_real_size)
		e->size = o->real_size;
	if (e->size > MAX_FILE_BYTES_IN_TREE)
		return complain(t->complaint, "it is larger than a file can be (16 TiB)");
	return r < 0 ? r : check_pieces(t);
}

/* What the headers before it say comes before what its own header does. */
static void apply_overrides(struct tar *t, struct tar_overrides *o)
{
	struct tar_entry *e = &t->entry;
	char **name = o->sparse_name ? &o->sparse_name : &o->path;

	if (*name) {
		free(e->path);
		e->path = steal_ptr(name);
	}
	if (o->link) {
		free(e->link);
		e->link = steal_ptr(&o->link);
	}
	if (o->has_uid)
		e->uid = o->uid;
	if (o->has_gid)
		e->gid = o->gid;
	if (o->has_size)
		e->size = o->size;
	if (o->has_mtime) {
		e->mtime = o->mtime;
		e->mtime_nsec = o->mtime_nsec;
	}
	e->xattrs = o->xattrs;
	o->xattrs = (struct xattrs){0};
}

static int finish_entry(struct tar *t, struct tar_overrides *o, char type)
{
	int r = tar_parse_header(t->block, &t->entry, t->complaint);

	if (r < 0)
		return r;
	apply_overrides(t, o);
	if (t->entry.size > INT64_MAX)
		return complain(t->complaint, "its size is beyond any file's");
	t->piece = 0;
	t->piece_done = 0;
	t->left = t->entry.type == TAR_FILE ? t->entry.size : 0;
	t->padding = padding_of(t->left);
	if (t->entry.type != TAR_FILE)
		t->entry.size = 0;
	r = t->entry.type == TAR_FILE ? find_pieces(t, o, type) : 0;
	return r < 0 ? r : 1;
}

/* Return: 1 for an entry, 0 for a header that stands before one, 2 at the end, or negative. */
static int read_header(struct tar *t, struct tar_overrides *o)
{
	ssize_t n = take(t, t->block, BLOCK);
	uint64_t size;
	char type;
	int r;

	if (n < 0)
		return (int)n;
	if (n == 0) {
		t->ended = true;
		return 2;
	}
	if (n < (ssize_t)BLOCK)
		return truncated(t);
	if (tar_is_zero(t->block)) {
		r = read_end(t);
		return r < 0 ? r : 2;
	}
	r = tar_check_header(t->block, &type, &size, t->complaint);
	if (r < 0)
		return r;
	switch (type) {
	case 'x':
	case 'X':
		return read_pax(t, size, o);
	case 'L':
		return read_name(t, size, &o->path);
	case 'K':
		return read_name(t, size, &o->link);
	case 'g': /* about the archive, as git writes them */
	case 'V':
		return skip(t, size + padding_of(size));
	default:
		return finish_entry(t, o, type);
	}
}

/* What fills the entry's last block; at the end of an archive umoci leaves it out. */
static int skip_padding(struct tar *t)
{
	unsigned char fill[BLOCK];
	ssize_t n = take(t, fill, t->padding);

	t->padding = 0;
	return n < 0 ? (int)n : 0;
}

int tar_next(struct tar *t)
{
	struct tar_overrides o = {0};
	int r = skip(t, t->left);

	if (r == 0)
		r = skip_padding(t);
	if (r < 0)
		return r;
	t->left = 0;
	entry_release(&t->entry);
	if (t->ended)
		return 0;
	while ((r = read_header(t, &o)) == 0)
		;
	tar_overrides_release(&o);
	return r == 2 ? 0 : r;
}

int tar_data(struct tar *t, const unsigned char **data, size_t *length, uint64_t *offset)
{
	const struct tar_piece *piece;
	int r;

	*length = 0;
	if (!t->left)
		return 0;
	piece = &t->entry.pieces[t->piece];
	if (t->piece_done == piece->length) {
		piece++;
		t->piece++;
		t->piece_done = 0;
	}
	r = fetch(t);
	if (r < 0)
		return r;
	if (!t->length)
		return truncated(t);
	*data = t->data;
	*offset = piece->offset + t->piece_done;
	*length = t->length;
	if (*length > piece->length - t->piece_done)
		*length = (size_t)(piece->length - t->piece_done);
	advance(t, *length);
	t->piece_done += *length;
	t->left -= *length;
	return 0;
}
