/* SPDX-License-Identifier: MIT */
/*
 * The cpio form: an archive (newc, as the kernel's initramfs takes it) with one
 * file, to be appended to an initrd. The kernel unpacks one after the other.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract.h"
#include "disk_form.h"
#include "error.h"

/* Documentation/driver-api/early-userspace/buffer-format.rst: "070701", then 13 numbers of 8
 * hexadecimal digits. */
#define HEADER_BYTES 110
#define PADDED(n)    (((n) + 3) & ~(size_t)3)
#define TRAILER      "TRAILER!!!"
#define SECTOR       512

struct entry {
	const char *name;
	unsigned mode;
	const char *content;
	size_t length;
};

static const char *const parents[] = CONFIG_INITRD_PARENTS;

static size_t entry_bytes(const struct entry *e)
{
	return PADDED(HEADER_BYTES + strlen(e->name) + 1) + PADDED(e->length);
}

/* The kernel unpacks into a root of its own: numbers of inodes need only differ. */
static unsigned char *put_entry(unsigned char *at, const struct entry *e, unsigned ino)
{
	const unsigned numbers[13] = {
	    [0] = ino,
	    [1] = e->mode,
	    [4] = S_ISDIR(e->mode) ? 2 : 1, /* links */
	    [6] = (unsigned)e->length,
	    [11] = (unsigned)strlen(e->name) + 1,
	};
	size_t name_bytes = numbers[11];
	char digits[9];

	memcpy(at, "070701", 6);
	for (size_t i = 0; i < 13; i++) {
		snprintf(digits, sizeof(digits), "%08X", numbers[i]);
		memcpy(at + 6 + 8 * i, digits, 8);
	}
	memcpy(at + HEADER_BYTES, e->name, name_bytes);
	at += PADDED(HEADER_BYTES + name_bytes);
	if (e->length)
		memcpy(at, e->content, e->length);
	return at + PADDED(e->length);
}

static int make(const char *json, size_t length, struct disk_image *image)
{
	struct entry entries[sizeof(parents) / sizeof(parents[0]) + 2];
	size_t count = 0, used = 0;
	unsigned char *at;
	int r;

	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++)
		entries[count++] = (struct entry){.name = parents[i], .mode = S_IFDIR | 0700};
	entries[count++] = (struct entry){.name = &CONFIG_INITRD_PATH[1],
	                                  .mode = S_IFREG | 0600,
	                                  .content = json,
	                                  .length = length};
	entries[count++] = (struct entry){.name = TRAILER};
	for (size_t i = 0; i < count; i++)
		used += entry_bytes(&entries[i]);
	r = disk_allocate(image, (used + SECTOR - 1) / SECTOR * SECTOR);
	if (r < 0)
		return r;
	at = image->bytes;
	for (size_t i = 0; i < count; i++)
		at = put_entry(at, &entries[i], (unsigned)i);
	return 0;
}

/* The parts of a header that matter to a reader. */
struct header {
	size_t file_bytes;
	size_t name_bytes;
};

static int parse_number(const char *text, size_t *number)
{
	char digits[9];
	char *end;

	memcpy(digits, text, 8);
	digits[8] = '\0';
	if (strspn(digits, "0123456789abcdefABCDEF") != 8)
		return -EINVAL;
	*number = strtoul(digits, &end, 16);
	return 0;
}

static int parse_header(const char *text, struct header *h)
{
	if (memcmp(text, "070701", 6) != 0 || parse_number(text + 6 + 6 * 8, &h->file_bytes) < 0 ||
	    parse_number(text + 6 + 11 * 8, &h->name_bytes) < 0)
		return -EINVAL;
	return h->name_bytes >= 1 && h->name_bytes <= 4096 ? 0 : -EINVAL;
}

/* One step through the archive: 1 to go on, 0 when the config was read. */
static int read_entry(const struct disk_source *source, uint64_t *offset, char **json,
                      size_t *length)
{
	struct header h;
	char *text;
	uint64_t content;
	bool found, last;
	int r = disk_read_at(source, *offset, HEADER_BYTES, &text);

	if (r < 0)
		return r;
	r = parse_header(text, &h);
	free(text);
	if (r < 0)
		return fail("%s: the archive is damaged at byte %" PRIu64, source->path, *offset);
	r = disk_read_at(source, *offset + HEADER_BYTES, h.name_bytes, &text);
	if (r < 0)
		return r;
	found = strcmp(text, &CONFIG_INITRD_PATH[1]) == 0;
	last = strcmp(text, TRAILER) == 0;
	free(text);
	content = *offset + PADDED(HEADER_BYTES + h.name_bytes);
	if (last)
		return fail("%s: holds no '" CONFIG_INITRD_PATH "'", source->path);
	if (found && h.file_bytes > MAX_CONFIG_BYTES)
		return fail("%s: '" CONFIG_INITRD_PATH
		            "' is larger than %u bytes (MAX_CONFIG_BYTES)",
		            source->path, MAX_CONFIG_BYTES);
	*length = h.file_bytes;
	if (found)
		return disk_read_at(source, content, h.file_bytes, json);
	*offset = content + PADDED(h.file_bytes);
	return 1;
}

static int read_cpio(const struct disk_source *source, char **json, size_t *length)
{
	char start[6];
	uint64_t offset = 0;
	int r = 1;

	if (pread(source->fd, start, sizeof(start), 0) != sizeof(start) ||
	    memcmp(start, "070701", sizeof(start)) != 0)
		return 1;
	while (r == 1)
		r = read_entry(source, &offset, json, length);
	return r;
}

const struct disk_form_row form_cpio = {"cpio", make, read_cpio};
