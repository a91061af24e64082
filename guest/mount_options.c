/* SPDX-License-Identifier: MIT */
/*
 * OCI's mount options, sorted by who understands them.
 *
 * libmount's own table has no recursive attributes, and does not tell a
 * mount's attributes from its superblock's flags, which are two system calls.
 */
#include "mount_options.h"

#include <errno.h>
#include <linux/mount.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>

#include "list.h"

enum kind {
	NOTHING, /* the kernel's default, or of no meaning to it any more */
	HERE,
	ALL,
	BIND,
	RBIND,
	REMOUNT,
	COPY_UP,
	SUPERBLOCK, /* that every superblock has */
	REFUSED,
};

struct word {
	const char *name;
	enum kind kind;
	uint64_t set;
	uint64_t clear;
	uint64_t propagation;
};

#define NOATIME MOUNT_ATTR_NOATIME
#define STRICT  MOUNT_ATTR_STRICTATIME
#define ATIMES  MOUNT_ATTR__ATIME

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

static const struct word known[] = {
    {"ro", HERE, MOUNT_ATTR_RDONLY, 0, 0},
    {"rw", HERE, 0, MOUNT_ATTR_RDONLY, 0},
    {"nosuid", HERE, MOUNT_ATTR_NOSUID, 0, 0},
    {"suid", HERE, 0, MOUNT_ATTR_NOSUID, 0},
    {"nodev", HERE, MOUNT_ATTR_NODEV, 0, 0},
    {"dev", HERE, 0, MOUNT_ATTR_NODEV, 0},
    {"noexec", HERE, MOUNT_ATTR_NOEXEC, 0, 0},
    {"exec", HERE, 0, MOUNT_ATTR_NOEXEC, 0},
    {"nodiratime", HERE, MOUNT_ATTR_NODIRATIME, 0, 0},
    {"diratime", HERE, 0, MOUNT_ATTR_NODIRATIME, 0},
    {"nosymfollow", HERE, MOUNT_ATTR_NOSYMFOLLOW, 0, 0},
    {"symfollow", HERE, 0, MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"noatime", HERE, NOATIME, ATIMES, 0},
    {"strictatime", HERE, STRICT, ATIMES, 0},
    {"relatime", HERE, 0, ATIMES, 0},
    {"atime", HERE, 0, ATIMES, 0},
    {"norelatime", HERE, 0, ATIMES, 0},
    {"nostrictatime", HERE, 0, ATIMES, 0},

    {"rro", ALL, MOUNT_ATTR_RDONLY, 0, 0},
    {"rrw", ALL, 0, MOUNT_ATTR_RDONLY, 0},
    {"rnosuid", ALL, MOUNT_ATTR_NOSUID, 0, 0},
    {"rsuid", ALL, 0, MOUNT_ATTR_NOSUID, 0},
    {"rnodev", ALL, MOUNT_ATTR_NODEV, 0, 0},
    {"rdev", ALL, 0, MOUNT_ATTR_NODEV, 0},
    {"rnoexec", ALL, MOUNT_ATTR_NOEXEC, 0, 0},
    {"rexec", ALL, 0, MOUNT_ATTR_NOEXEC, 0},
    {"rnodiratime", ALL, MOUNT_ATTR_NODIRATIME, 0, 0},
    {"rdiratime", ALL, 0, MOUNT_ATTR_NODIRATIME, 0},
    {"rnosymfollow", ALL, MOUNT_ATTR_NOSYMFOLLOW, 0, 0},
    {"rsymfollow", ALL, 0, MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"rnoatime", ALL, NOATIME, ATIMES, 0},
    {"rstrictatime", ALL, STRICT, ATIMES, 0},
    {"rrelatime", ALL, 0, ATIMES, 0},
    {"ratime", ALL, 0, ATIMES, 0},
    {"rnorelatime", ALL, 0, ATIMES, 0},
    {"rnostrictatime", ALL, 0, ATIMES, 0},

    {"shared", HERE, 0, 0, MS_SHARED},
    {"slave", HERE, 0, 0, MS_SLAVE},
    {"private", HERE, 0, 0, MS_PRIVATE},
    {"unbindable", HERE, 0, 0, MS_UNBINDABLE},
    {"rshared", ALL, 0, 0, MS_SHARED},
    {"rslave", ALL, 0, 0, MS_SLAVE},
    {"rprivate", ALL, 0, 0, MS_PRIVATE},
    {"runbindable", ALL, 0, 0, MS_UNBINDABLE},

    {"bind", BIND, 0, 0, 0},
    {"rbind", RBIND, 0, 0, 0},
    {"remount", REMOUNT, 0, 0, 0},
    {"tmpcopyup", COPY_UP, 0, 0, 0},

    {"sync", SUPERBLOCK, 0, 0, 0},
    {"async", SUPERBLOCK, 0, 0, 0},
    {"dirsync", SUPERBLOCK, 0, 0, 0},
    {"lazytime", SUPERBLOCK, 0, 0, 0},
    {"nolazytime", SUPERBLOCK, 0, 0, 0},

    /* In a machine of its own no id has another meaning outside. */
    {"idmap", REFUSED, 0, 0, 0},
    {"ridmap", REFUSED, 0, 0, 0},

    {"defaults", NOTHING, 0, 0, 0},
    {"silent", NOTHING, 0, 0, 0},
    {"loud", NOTHING, 0, 0, 0},
    {"iversion", NOTHING, 0, 0, 0}, /* kept by each filesystem that can, since Linux 4.16 */
    {"noiversion", NOTHING, 0, 0, 0},
    {"mand", NOTHING, 0, 0, 0}, /* gone from Linux 5.15 */
    {"nomand", NOTHING, 0, 0, 0},
};

static const struct word *find(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].name, name) == 0)
			return &known[i];
	return NULL;
}

static void change(struct mount_change *c, const struct word *w)
{
	c->clear = (c->clear & ~w->set) | w->clear;
	c->set = (c->set & ~w->clear) | w->set;
	if (w->propagation)
		c->propagation = w->propagation;
}

/* Return: false when it is refused. */
static bool take(struct mount_options *o, const struct word *w)
{
	switch (w->kind) {
	case HERE:
		change(&o->here, w);
		break;
	case ALL:
		change(&o->all, w);
		break;
	case RBIND:
		o->recursive = true;
		o->bind = true;
		break;
	case BIND:
		o->bind = true;
		break;
	case REMOUNT:
		o->remount = true;
		break;
	case COPY_UP:
		o->copy_up = true;
		break;
	case REFUSED:
		return false;
	case SUPERBLOCK:
	case NOTHING:
		break;
	}
	return true;
}

/* For programs that read fstab(5), as mount(8) has it: no word of the kernel's. */
static bool is_comment(const char *word)
{
	return strncmp(word, "x-", 2) == 0;
}

/* Others come with what they map: "idmap=uids=…". */
static bool is_mapping(const char *word)
{
	return strncmp(word, "idmap=", 6) == 0 || strncmp(word, "ridmap=", 7) == 0 ||
	       strncmp(word, "X-mount.idmap", 13) == 0;
}

int mount_options_parse(struct mount_options *o, const struct strlist *words, const char **refused)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		const struct word *w = find(word);

		if (is_mapping(word) || (w && !take(o, w))) {
			*refused = word;
			return -EOPNOTSUPP;
		}
		if (w ? w->kind != SUPERBLOCK : is_comment(word))
			continue;
		if (strlist_add(&o->own, word) < 0)
			return -ENOMEM;
		if (!w && !o->alien)
			o->alien = word;
	}
	o->readonly = (o->here.set | o->all.set) & MOUNT_ATTR_RDONLY;
	return 0;
}

void mount_options_release(struct mount_options *o)
{
	strlist_release(&o->own);
}
