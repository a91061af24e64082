/* SPDX-License-Identifier: MIT */
/* Writing the headers of a tar archive: ustar's, and before it pax's for what that has no room for.
 */
#include "tar_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "tar.h"
#include "tree.h"

#define BLOCK 512u

/* POSIX.1 pax(1), "ustar Interchange Format". */
struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100],
	    magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], fill[12];
};

_Static_assert(sizeof(struct ustar) == BLOCK, "a header is a block");

/* A number in octal digits, as many as there is room for; a larger one has a pax record. */
static void set_number(char *slot, size_t size, uint64_t value)
{
	slot[--size] = '\0';
	while (size) {
		slot[--size] = (char)('0' + (value & 7));
		value >>= 3;
	}
}

static int write_block(FILE *out, struct ustar *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned sum = 0;

	memcpy(header->magic, "ustar", sizeof(header->magic));
	memcpy(header->version, "00", sizeof(header->version));
	memset(header->checksum, ' ', sizeof(header->checksum));
	for (size_t i = 0; i < BLOCK; i++)
		sum += bytes[i];
	set_number(header->checksum, 7, sum);
	return fwrite(header, BLOCK, 1, out) == 1 ? 0 : -1;
}

int tar_write_padding(FILE *out, uint64_t size)
{
	static const char zeros[BLOCK];
	size_t n = (size_t)(-size % BLOCK);

	return fwrite(zeros, 1, n, out) == n ? 0 : -1;
}

int tar_write_end(FILE *out)
{
	static const char zeros[2 * BLOCK];

	return fwrite(zeros, sizeof(zeros), 1, out) == 1 ? 0 : -1;
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts itself. */
static void add_record(FILE *text, const char *prefix, const char *key, const void *value,
                       size_t length)
{
	size_t rest = strlen(prefix) + strlen(key) + length + 3, total = rest + 1;

	while ((size_t)snprintf(NULL, 0, "%zu", total) + rest != total)
		total = (size_t)snprintf(NULL, 0, "%zu", total) + rest;
	fprintf(text, "%zu %s%s=", total, prefix, key);
	fwrite(value, 1, length, text);
	fputc('\n', text);
}

static void add_number(FILE *text, const char *key, uint64_t value, unsigned digits)
{
	char number[24];

	if (value >> (3 * digits) == 0)
		return;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)value);
	add_record(text, "", key, number, strlen(number));
}

static void add_text(FILE *text, const char *key, const char *value)
{
	if (value && strlen(value) > sizeof(((struct ustar *)0)->name))
		add_record(text, "", key, value, strlen(value));
}

static void add_time(FILE *text, const struct inode *inode)
{
	char time[40];
	int n;

	if (!inode->mtime_nsec && inode->mtime >= 0 && inode->mtime <= UINT32_MAX)
		return;
	n = snprintf(time, sizeof(time), "%lld.%09u", (long long)inode->mtime, inode->mtime_nsec);
	add_record(text, "", "mtime", time, (size_t)n);
}

/* All records of an entry; nothing when its header says it all. */
static int collect_records(const struct inode *inode, const char *path, const char *link,
                           uint64_t size, bool exact, char **records, size_t *length)
{
	FILE *text = open_memstream(records, length);

	if (!text)
		return -1;
	add_text(text, "path", path);
	add_text(text, "linkpath", link);
	add_number(text, "uid", inode->uid, 7);
	add_number(text, "gid", inode->gid, 7);
	add_number(text, "size", size, 11);
	if (exact)
		add_time(text, inode);
	for (size_t i = 0; i < inode->xattrs.count; i++) {
		const struct xattr *x = &inode->xattrs.items[i];

		add_record(text, "SCHILY.xattr.", x->name, x->value, x->length);
	}
	return fclose(text) == 0 ? 0 : -1;
}

static int write_records(FILE *out, const char *records, size_t length)
{
	struct ustar header = {.name = "pax", .type = 'x'};

	set_number(header.mode, sizeof(header.mode), 0644);
	set_number(header.uid, sizeof(header.uid), 0);
	set_number(header.gid, sizeof(header.gid), 0);
	set_number(header.size, sizeof(header.size), length);
	set_number(header.mtime, sizeof(header.mtime), 0);
	if (write_block(out, &header) < 0 || fwrite(records, 1, length, out) != length)
		return -1;
	return tar_write_padding(out, length);
}

static enum tar_type type_of(const struct inode *inode, const char *link)
{
	static const struct {
		mode_t mode;
		enum tar_type type;
	} types[] = {
	    {S_IFREG, TAR_FILE},      {S_IFDIR, TAR_DIRECTORY}, {S_IFLNK, TAR_SYMLINK},
	    {S_IFCHR, TAR_CHARACTER}, {S_IFBLK, TAR_BLOCK},     {S_IFIFO, TAR_FIFO},
	};

	for (size_t i = 0; !link && i < sizeof(types) / sizeof(types[0]); i++)
		if ((inode->mode & S_IFMT) == types[i].mode)
			return types[i].type;
	return TAR_HARD_LINK;
}

/* Times that a header cannot say become the nearest that it can. */
static uint64_t time_of(const struct inode *inode)
{
	if (inode->mtime < 0)
		return 0;
	return inode->mtime > UINT32_MAX ? UINT32_MAX : (uint64_t)inode->mtime;
}

int tar_write_header(FILE *out, const struct inode *inode, const char *path, const char *link,
                     bool exact)
{
	const char *target = link ? link : inode->target;
	uint64_t size = S_ISREG(inode->mode) && !link ? inode->size : 0;
	struct ustar header = {.type = (char)type_of(inode, link)};
	_cleanup_free_ char *records = NULL;
	size_t length = 0;

	if (collect_records(inode, path, target, size, exact, &records, &length) < 0)
		return -1;
	if (length && write_records(out, records, length) < 0)
		return -1;
	memcpy(header.name, path, strnlen(path, sizeof(header.name)));
	if (target)
		memcpy(header.link, target, strnlen(target, sizeof(header.link)));
	set_number(header.mode, sizeof(header.mode), inode->mode & 07777);
	set_number(header.uid, sizeof(header.uid), inode->uid);
	set_number(header.gid, sizeof(header.gid), inode->gid);
	set_number(header.size, sizeof(header.size), size);
	set_number(header.mtime, sizeof(header.mtime), time_of(inode));
	set_number(header.major, sizeof(header.major), inode->major);
	set_number(header.minor, sizeof(header.minor), inode->minor);
	return write_block(out, &header);
}
