/* SPDX-License-Identifier: MIT */
/* Reading .ko, .ko.gz, .ko.xz and .ko.zst, through libarchive's filters. */
#include "module_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"

#define BLOCK_BYTES      65536
#define MAX_MODULE_BYTES (256u << 20)

static int open_file(struct archive *a, const char *path)
{
	struct archive_entry *entry;

	if (archive_read_support_filter_gzip(a) != ARCHIVE_OK ||
	    archive_read_support_filter_xz(a) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(a) != ARCHIVE_OK ||
	    archive_read_support_format_raw(a) != ARCHIVE_OK ||
	    archive_read_open_filename(a, path, BLOCK_BYTES) != ARCHIVE_OK)
		return -EIO;
	return archive_read_next_header(a, &entry) == ARCHIVE_OK ? 0 : -EIO;
}

/* Return: 0; -EFBIG; -ENOMEM; -EIO when libarchive says why. */
static int read_data(struct archive *a, char **content, size_t *length)
{
	size_t room = 0;

	*length = 0;
	for (;;) {
		la_ssize_t n;

		if (*length == room) {
			char *bytes;

			room = room ? room * 2 : 4 * BLOCK_BYTES;
			bytes = room > MAX_MODULE_BYTES ? NULL : realloc(*content, room);
			if (!bytes)
				return room > MAX_MODULE_BYTES ? -EFBIG : -ENOMEM;
			*content = bytes;
		}
		n = archive_read_data(a, *content + *length, room - *length);
		if (n < 0)
			return -EIO;
		if (n == 0)
			return 0;
		*length += (size_t)n;
	}
}

int module_file_read(const char *path, char **content, size_t *length)
{
	static const char elf[4] = {0x7f, 'E', 'L', 'F'};
	struct archive *a = archive_read_new();
	_cleanup_free_ char *bytes = NULL;
	int r = a ? open_file(a, path) : -ENOMEM;

	if (r == 0)
		r = read_data(a, &bytes, length);
	if (r == -EIO)
		fail("cannot read module '%s': %s", path, archive_error_string(a));
	else if (r == -EFBIG)
		fail("module '%s' is larger than 256 MiB", path);
	else if (r < 0)
		fail_errno(-r, "cannot read module '%s'", path);
	archive_read_free(a);
	if (r < 0)
		return r;
	if (*length < sizeof(elf) || memcmp(bytes, elf, sizeof(elf)) != 0)
		return fail("'%s' is no kernel module: not an ELF file", path);
	*content = steal_ptr(&bytes);
	return 0;
}
