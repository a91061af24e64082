/* SPDX-License-Identifier: MIT */
/* Writing the archive. */
#include "newc.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "initrd_tree.h"

/* What libarchive writes, in memory that doubles as it fills. */
static la_ssize_t take(struct archive *a, void *arg, const void *data, size_t length)
{
	struct newc_image *image = arg;
	size_t room = image->size ? image->size : 1;
	unsigned char *bytes;

	/* The room is the next power of two: nothing else need be remembered. */
	while (room & (room - 1))
		room &= room - 1;
	room = image->size ? room * 2 : 0;
	if (image->size + length > room || !image->bytes) {
		while (room < image->size + length || !room)
			room = room ? room * 2 : 65536;
		bytes = realloc(image->bytes, room);
		if (!bytes) {
			archive_set_error(a, ENOMEM, "out of memory");
			return -1;
		}
		image->bytes = bytes;
	}
	memcpy(image->bytes + image->size, data, length);
	image->size += length;
	return (la_ssize_t)length;
}

static int set_up(struct archive *a, enum newc_compression compression, struct newc_image *image)
{
	int r = archive_write_set_format_cpio_newc(a);

	if (r == ARCHIVE_OK && compression == NEWC_GZIP)
		r = archive_write_add_filter_gzip(a);
	if (r == ARCHIVE_OK && compression == NEWC_ZSTD)
		r = archive_write_add_filter_zstd(a);
	/* No time of day in the header of gzip. */
	if (r == ARCHIVE_OK && compression == NEWC_GZIP)
		r = archive_write_set_filter_option(a, "gzip", "timestamp", NULL);
	if (r == ARCHIVE_OK && compression != NEWC_NONE)
		r = archive_write_set_filter_option(a, compression == NEWC_GZIP ? "gzip" : "zstd",
		                                    "compression-level",
		                                    compression == NEWC_GZIP ? "9" : "19");
	/* An archive is padded, as cpio(1) does it, so that another may follow; what decompresses
	 * wants nothing behind its own end. */
	if (r == ARCHIVE_OK)
		r = archive_write_set_bytes_in_last_block(a, compression == NEWC_NONE ? 512 : 1);
	if (r == ARCHIVE_OK)
		r = archive_write_open(a, image, NULL, take, NULL);
	return r;
}

static int write_entry(struct archive *a, struct archive_entry *entry, const struct initrd_entry *e)
{
	archive_entry_clear(entry);
	archive_entry_set_pathname(entry, e->path);
	archive_entry_set_mode(entry, e->mode);
	archive_entry_set_nlink(entry, S_ISDIR(e->mode) ? 2 : 1);
	archive_entry_set_size(entry, S_ISREG(e->mode) ? (la_int64_t)e->length : 0);
	if (S_ISLNK(e->mode))
		archive_entry_set_symlink(entry, e->content);
	if (archive_write_header(a, entry) != ARCHIVE_OK)
		return -EIO;
	if (!S_ISREG(e->mode) || !e->length)
		return 0;
	return archive_write_data(a, e->content, e->length) == (la_ssize_t)e->length ? 0 : -EIO;
}

int newc_write(const struct initrd_tree *tree, enum newc_compression compression,
               struct newc_image *image)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	int r = a && entry ? 0 : -ENOMEM;

	*image = (struct newc_image){0};
	if (r == 0 && set_up(a, compression, image) != ARCHIVE_OK)
		r = -EIO;
	for (size_t i = 0; r == 0 && i < tree->count; i++)
		r = write_entry(a, entry, &tree->items[i]);
	if (r == 0 && archive_write_close(a) != ARCHIVE_OK)
		r = -EIO;
	if (r == -ENOMEM)
		fail_errno(ENOMEM, "cannot make the initrd");
	else if (r < 0)
		fail("cannot make the initrd: %s", archive_error_string(a));
	archive_entry_free(entry);
	archive_write_free(a);
	if (r < 0) {
		free(image->bytes);
		*image = (struct newc_image){0};
	}
	return r;
}
