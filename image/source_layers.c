/* SPDX-License-Identifier: MIT */
/*
 * The layers of an OCI image, read twice. The first time only names are kept,
 * so that the second time no byte is written that a later layer replaces, and
 * the size of all is known before any is. What is read is verified the second
 * time: before that, nothing has come of it but a file without a name.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "complaint.h"
#include "error.h"
#include "layer.h"
#include "oci_layout.h"
#include "rootfs.h"
#include "tar.h"

struct layers_state {
	struct oci_layers layers;
	struct complaint complaint; /* about the entry being read */
	uint64_t header_bytes;      /* of the layers whose names have been read */
};

/* A layer that is being read, entry by entry. */
struct reading {
	struct layer layer;
	struct complaint *complaint;
	struct tar tar;
	uint64_t entry; /* from 1 */
};

static void reading_release(struct reading *r)
{
	tar_release(&r->tar);
	layer_release(&r->layer);
}

static int reading_open(struct reading *r, struct rootfs *rootfs, struct layers_state *s,
                        size_t number, bool verify)
{
	int error = layer_open(&r->layer, &s->layers.layout, &s->layers.items[number - 1], number);

	r->complaint = &s->complaint;

	r->layer.progress = &rootfs->progress;
	r->layer.verify = verify;
	tar_init(&r->tar, (struct tar_source){layer_next, &r->layer}, r->complaint);
	return error;
}

/* Print what was noted about an entry. When the blob is not what it should be, that is why. */
static int report(struct reading *r, int error)
{
	if (error >= 0 || !r->complaint->text[0] || layer_explain(&r->layer))
		return error;
	if (r->tar.entry.path)
		fail("%s: entry '%s': %s", r->layer.name, r->tar.entry.path, r->complaint->text);
	else
		fail("%s: entry %llu: %s", r->layer.name, (unsigned long long)r->entry,
		     r->complaint->text);
	return error;
}

/* The next entry. Return: as tar_next(). */
static int reading_next(struct reading *r)
{
	r->entry++;
	return report(r, tar_next(&r->tar));
}

static int scan_layer(struct rootfs *rootfs, struct layers_state *s, struct merge *merge)
{
	_cleanup_(reading_release) struct reading r = {0};
	struct inode *file;
	int error = reading_open(&r, rootfs, s, merge->layer, false);

	if (error)
		return error;
	/* Attributes and names stay in memory, those of all layers. */
	r.tar.header_bytes = s->header_bytes;
	while ((error = reading_next(&r)) > 0) {
		error = report(&r, merge_entry(merge, &r.tar.entry, &file));
		if (error)
			return error;
		if (file)
			file->source = r.entry;
	}
	s->header_bytes = r.tar.header_bytes;
	return error;
}

static int scan(struct rootfs *rootfs, void **source)
{
	struct layers_state *s = calloc(1, sizeof(*s));
	struct merge merge = {
	    .tree = &rootfs->tree,
	    .limits = rootfs->options->limits,
	    .no_devices = rootfs->options->no_devices,
	    .time = rootfs->time,
	    .latest = rootfs->latest,
	};
	int error;

	*source = s;
	if (!s)
		return fail_errno(ENOMEM, "cannot read '%s'", rootfs->options->image);
	merge.complaint = &s->complaint;
	error = layout_read_layers(rootfs->options->image, &s->layers);
	for (size_t i = 0; i < s->layers.count && error == 0; i++) {
		merge.layer = (unsigned)i + 1;
		progress_step(&rootfs->progress, "reading layer", merge.layer,
		              (unsigned)s->layers.count, s->layers.items[i].blob.size);
		error = scan_layer(rootfs, s, &merge);
	}
	return error;
}

static int copy_file(struct rootfs *rootfs, struct reading *r, struct inode *file)
{
	const struct image_format *format = rootfs->options->format;
	const unsigned char *data;
	uint64_t offset = 0;
	size_t length;
	int error;

	if (r->tar.entry.size != file->size)
		return complain(r->complaint, "it has changed while it was read");
	while ((error = tar_data(&r->tar, &data, &length, &offset)) == 0 && length) {
		error = format->data(rootfs->writer, file, offset, data, length);
		if (error)
			return error;
	}
	return error ? error : format->end_file(rootfs->writer, file);
}

/* Files are in the tree's list in the order in which they were met. */
static struct inode *find_file(struct inode *from, unsigned layer, uint64_t entry)
{
	while (from && (from->layer < layer || (from->layer == layer && from->source < entry)))
		from = from->next;
	return from;
}

static int copy_layer(struct rootfs *rootfs, struct layers_state *s, unsigned number,
                      struct inode **cursor)
{
	_cleanup_(reading_release) struct reading r = {0};
	int error = reading_open(&r, rootfs, s, number, true);

	while (error == 0 && (error = reading_next(&r)) > 0) {
		struct inode *file;

		error = 0;
		if (r.tar.entry.type != TAR_FILE)
			continue;
		file = *cursor = find_file(*cursor, number, r.entry);
		if (file && file->layer == number && file->source == r.entry && file->names)
			error = report(&r, copy_file(rootfs, &r, file));
		if (error)
			return error;
	}
	return error;
}

static int copy(struct rootfs *rootfs, void *source)
{
	struct layers_state *s = source;
	struct inode *cursor = rootfs->tree.first;
	int error = 0;

	for (size_t i = 0; i < s->layers.count && error == 0; i++) {
		const struct oci_layer *layer = &s->layers.items[i];

		hash_update(&rootfs->hash, layer->diff_id, strlen(layer->diff_id) + 1);
		progress_step(&rootfs->progress, "writing layer", (unsigned)i + 1,
		              (unsigned)s->layers.count, layer->blob.size);
		error = copy_layer(rootfs, s, (unsigned)i + 1, &cursor);
	}
	return error;
}

static void release(void *source)
{
	struct layers_state *s = source;

	if (s)
		oci_layers_release(&s->layers);
	free(s);
}

const struct rootfs_source layers_source = {scan, copy, release};
