/* SPDX-License-Identifier: MIT */
/* Filesystems on block devices: what they are, and mounting them. */
#ifndef VMCONFIG_FILESYSTEM_H
#define VMCONFIG_FILESYSTEM_H

#include <stdbool.h>
#include <stdint.h>

struct guest;
struct strlist;

struct filesystem {
	char type[32];
	char label[128];
	char uuid[64];
};

enum filesystem_kind {
	FILESYSTEM_ANY,         /* that libblkid knows */
	FILESYSTEM_CONFIG_DISK, /* that config_probe() knows */
};

/* filesystem_probe() - Return: 0, -ENODATA when nothing is recognised, -ENOTUNIQ when it could be
 * two, or -errno. */
int filesystem_probe(const char *node, enum filesystem_kind kind, struct filesystem *fs);

/* filesystem_probe_part() - the same of some bytes of a device that is open for reading. */
int filesystem_probe_part(int fd, int64_t offset, int64_t size, struct filesystem *fs);

/* One filesystem to be mounted. */
struct block_mount {
	const char *what; /* what it is for, in messages */
	const char *node;
	const char *target;
	enum filesystem_kind kind;
	const char *fstype;            /* NULL: probed */
	const struct strlist *options; /* or NULL */
	bool readonly;                 /* then its journal is left alone, too */
	unsigned long flags;           /* further MS_* flags */
	int format;                    /* enum format_wanted: what a blank device becomes */
	int errors;                    /* enum errors_policy: what is done about one with errors */
};

/* filesystem_mount() - mount it. Return: 0, or negative after guest_error(). */
int filesystem_mount(struct guest *g, const struct block_mount *m);

/*
 * filesystem_hold_still() - before a mount for reading only: make the device read-only as well, and
 * give notice of what is not replayed.
 * @what:   what it is for, in messages
 * @option: takes the option that leaves its journal alone, or NULL
 *
 * Return: 0, or negative after guest_error().
 */
int filesystem_hold_still(struct guest *g, const char *what, const char *node, const char *type,
                          const char **option);

#endif
