/* SPDX-License-Identifier: MIT */
/*
 * OCI's mount options, sorted by who understands them.
 *
 * The words are libmount's: what each stands for is a flag of mount(2), or the
 * taking away of one. What is here is where such a flag goes, now that a
 * mount's attributes, its propagation and its superblock are set by different
 * system calls, and the words that libmount 2.38 does not have: those for a
 * whole tree, OCI's own, and "defaults", which stands in a table of programs'
 * words whose others the kernel is to refuse.
 */
#include "mount_options.h"

#include <errno.h>
#include <libmount/libmount.h>
#include <linux/mount.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>

#include "list.h"

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

#define PROPAGATION (MS_SHARED | MS_SLAVE | MS_PRIVATE | MS_UNBINDABLE)
#define SUPERBLOCK  (MS_SYNCHRONOUS | MS_DIRSYNC | MS_LAZYTIME)

/* The flags that are a mount's attributes: @value, which takes the place of all in @mask. Without
 * the flag it is none of them. */
static const struct attribute {
	uint32_t flag;
	uint32_t value;
	uint32_t mask;
} attributes[] = {
    {MS_RDONLY, MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY},
    {MS_NOSUID, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NOSUID},
    {MS_NODEV, MOUNT_ATTR_NODEV, MOUNT_ATTR_NODEV},
    {MS_NOEXEC, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOEXEC},
    {MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_NODIRATIME},
    {MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
    {MS_NOATIME, MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {MS_STRICTATIME, MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {MS_RELATIME, MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
};

static const struct libmnt_optmap *find_word(const char *name)
{
	const struct libmnt_optmap *w = mnt_get_builtin_optmap(MNT_LINUX_MAP);

	while (w->name && strcmp(w->name, name) != 0)
		w++;
	return w->name ? w : NULL;
}

/* Return: whether the word is about an attribute. */
static bool change_attribute(struct mount_change *c, const struct libmnt_optmap *w)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		const struct attribute *a = &attributes[i];

		if (a->flag != (uint32_t)w->id)
			continue;
		c->clear |= a->mask;
		c->set = (c->set & ~(uint64_t)a->mask) | (w->mask & MNT_INVERT ? 0 : a->value);
		return true;
	}
	return false;
}

/* Return: whether it is the superblock's. */
static bool take_flag(struct mount_options *o, const struct libmnt_optmap *w)
{
	const bool recursive = w->id & MS_REC;

	if (w->id & SUPERBLOCK)
		return true;
	if (w->id & MS_BIND) {
		o->bind = true;
		o->recursive |= recursive;
	} else if (w->id & MS_REMOUNT) {
		o->remount = true;
	} else if (w->id & PROPAGATION) {
		(recursive ? &o->all : &o->here)->propagation = w->id & PROPAGATION;
	} else {
		/* The rest are the kernel's defaults, or mean nothing to it any more. */
		change_attribute(&o->here, w);
	}
	return false;
}

static bool begins(const char *word, const char *with)
{
	return strncmp(word, with, strlen(with)) == 0;
}

/* In a machine of its own no id has another meaning outside. Others than OCI's come with what they
 * map: "idmap=uids=…". */
static bool is_mapping(const char *word)
{
	const char *name = word + (word[0] == 'r');

	return begins(word, "X-mount.idmap") || (begins(name, "idmap") && strchr("=", name[5]));
}

/* Return: whether it is for the superblock. */
static bool take(struct mount_options *o, const char *word)
{
	const struct libmnt_optmap *w = find_word(word);

	if (w)
		return take_flag(o, w);
	if (strcmp(word, "tmpcopyup") == 0) {
		o->copy_up = true;
		return false;
	}
	/* For programs that read fstab(5), as mount(8) has it: no word of the kernel's. */
	if (strcmp(word, "defaults") == 0 || begins(word, "x-"))
		return false;
	w = word[0] == 'r' ? find_word(word + 1) : NULL;
	if (w && change_attribute(&o->all, w))
		return false;
	if (!o->alien)
		o->alien = word;
	return true;
}

int mount_options_parse(struct mount_options *o, const struct strlist *words, const char **refused)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];

		if (is_mapping(word)) {
			*refused = word;
			return -EOPNOTSUPP;
		}
		if (take(o, word) && strlist_add(&o->own, word) < 0)
			return -ENOMEM;
	}
	o->readonly = (o->here.set | o->all.set) & MOUNT_ATTR_RDONLY;
	return 0;
}

void mount_options_release(struct mount_options *o)
{
	strlist_release(&o->own);
}
