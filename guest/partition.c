/* SPDX-License-Identifier: MIT */
/* Which part of a disk holds a root filesystem. */
#include "partition.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "filesystem.h"
#include "guest.h"

#define SECTOR 512 /* in which libblkid counts, whatever the disk's are */

/* https://uapi-group.org/specifications/specs/discoverable_partitions_specification */
#if defined(__x86_64__)
#define ROOT_TYPE "4f68bce3-e8cd-4db1-96e7-fbcaf98b709b"
#elif defined(__aarch64__)
#define ROOT_TYPE "b921b045-1df0-41c3-af44-4c6f280d3fae"
#else
#define ROOT_TYPE ""
#endif
#define BOOT_TYPE "bc13c2ff-59e6-4262-a352-b275fd6f7172" /* /boot, also with ext4 on it */

/* That a Linux is installed on; not what firmware reads, or other systems write. */
static const char *const root_filesystems[] = {"ext4",  "ext3", "ext2",     "xfs",
                                               "btrfs", "f2fs", "squashfs", "erofs"};

static bool is_wanted(const char *type, const char *fstype)
{
	if (fstype)
		return strcmp(type, fstype) == 0;
	for (size_t i = 0; i < sizeof(root_filesystems) / sizeof(*root_filesystems); i++)
		if (strcmp(type, root_filesystems[i]) == 0)
			return true;
	return false;
}

/* Partitions that may be it, and which. */
struct choice {
	int count;
	int number;   /* of the last one */
	bool by_type; /* from here on only those whose type says so count */
	int unusable; /* the last one that its type says is it, without such a filesystem; or 0 */
	char names[256]; /* "1 (ext4), 3 (xfs)" */
};

static void add(struct choice *c, int number, const char *type)
{
	size_t n;

	if (!c->count)
		c->names[0] = '\0';
	n = strlen(c->names);
	snprintf(c->names + n, sizeof(c->names) - n, "%s%d (%s)", c->count ? ", " : "", number,
	         type);
	c->number = number;
	c->count++;
}

static void consider(struct choice *c, int fd, blkid_partition p, const char *fstype)
{
	const char *type = blkid_partition_get_type_string(p);
	bool is_root = type && strcasecmp(type, ROOT_TYPE) == 0;
	struct filesystem fs;

	if (blkid_partition_is_extended(p) || (type && strcasecmp(type, BOOT_TYPE) == 0) ||
	    (c->by_type && !is_root))
		return;
	if (filesystem_probe_part(fd, blkid_partition_get_start(p) * SECTOR,
	                          blkid_partition_get_size(p) * SECTOR, &fs) < 0 ||
	    !is_wanted(fs.type, fstype)) {
		if (is_root)
			c->unusable = blkid_partition_get_partno(p);
		return;
	}
	if (is_root && !c->by_type)
		*c = (struct choice){.by_type = true};
	add(c, blkid_partition_get_partno(p), fs.type);
}

/* Return: whether there is a partition table. */
static bool look_through(struct choice *c, int fd, const char *node, const char *fstype)
{
	_doing_ int now = boot_watch_doing("reading '%s'", node);
	blkid_probe probe = blkid_new_probe();
	blkid_partlist list = NULL;

	if (probe && blkid_probe_set_device(probe, fd, 0, 0) == 0 &&
	    blkid_probe_enable_superblocks(probe, 0) == 0 &&
	    blkid_probe_enable_partitions(probe, 1) == 0)
		list = blkid_probe_get_partitions(probe);
	for (int i = 0; list && i < blkid_partlist_numof_partitions(list); i++)
		consider(c, fd, blkid_partlist_get_partition(list, i), fstype);
	blkid_free_probe(probe);
	return list != NULL;
}

int partition_choose(struct guest *g, const char *what, const char *fstype,
                     char node[DEVICE_NODE_SIZE])
{
	_cleanup_fd_ int fd = -1;
	struct choice choice = {0};
	struct filesystem fs;

	/* What is wrong with a disk that is none of these is found out by who mounts it. */
	if (filesystem_probe(node, FILESYSTEM_ANY, &fs) != -ENODATA)
		return 0;
	fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return guest_error(g, errno, "cannot read '%s', the %s", node, what);
	if (!look_through(&choice, fd, node, fstype))
		return 0;
	/* Another in its place is hardly what is meant, unless the config asks for what it has. */
	if (choice.unusable && !choice.by_type && !fstype)
		return guest_error_as(g, "filesystem-missing",
		                      "'%s', the %s: partition %d is the root by its type, but "
		                      "has no filesystem that can be one",
		                      node, what, choice.unusable);
	if (!choice.count)
		return guest_error_as(g, "filesystem-missing",
		                      "'%s', the %s, has partitions, but none with a filesystem "
		                      "that can be a root",
		                      node, what);
	if (choice.count > 1)
		return guest_error_as(
		    g, "filesystem-ambiguous",
		    "'%s', the %s, has more than one partition that can be it: %s", node, what,
		    choice.names);
	/* The kernel has found it too, or is about to. */
	return device_wait_partition(g, what, choice.number, node);
}
