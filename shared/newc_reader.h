/* SPDX-License-Identifier: MIT */
/* Reading a cpio archive in the "newc" form, which is an initramfs's own; pure. */
#ifndef VMCONFIG_NEWC_READER_H
#define VMCONFIG_NEWC_READER_H

#include <stddef.h>
#include <sys/types.h>

/* An archive in memory, and how far it has been read. */
struct newc {
	const char *data;
	size_t size;
	size_t at;
};

struct newc_entry {
	const char *name; /* in the archive, NUL-terminated */
	mode_t mode;      /* with the file's type */
	unsigned links;
	const char *data; /* of a file its content, of a link its target */
	size_t size;
};

/*
 * newc_next() - the next entry.
 * Return: 1, 0 at the end of the archive, or -EINVAL when it is damaged.
 */
int newc_next(struct newc *archive, struct newc_entry *entry);

#endif
