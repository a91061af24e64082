/* SPDX-License-Identifier: MIT */
/* What is mounted: /proc/self/mountinfo, through libmount. */
#include "mount_list.h"

#include <errno.h>
#include <libmount/libmount.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "list.h"

#define MOUNT_INFO "/proc/self/mountinfo"

static int add(struct mount_list *list, struct libmnt_fs *fs)
{
	const char *target = mnt_fs_get_target(fs);
	const char *source = mnt_fs_get_source(fs);
	const char *fstype = mnt_fs_get_fstype(fs);
	const char *options = mnt_fs_get_vfs_options(fs);
	struct mount_entry *items = list_grow(list->items, list->count, sizeof(*items));
	struct mount_entry *e;

	if (!items)
		return -ENOMEM;
	list->items = items;
	e = &items[list->count++];
	*e = (struct mount_entry){
	    .target = strdup(target ? target : ""),
	    .source = strdup(source ? source : ""),
	    .fstype = strdup(fstype ? fstype : ""),
	    .device = mnt_fs_get_devno(fs),
	    /* The first of a mount's own options, always. */
	    .readonly = options && strncmp(options, "ro", 2) == 0 && strchr(",", options[2]),
	};
	return e->target && e->source && e->fstype ? 0 : -ENOMEM;
}

/* A line that cannot be taken, for want of memory, must not be left out: what it says is mounted.
 */
static int refuse_line(struct libmnt_table *table, const char *file, int line)
{
	(void)table;
	(void)file;
	(void)line;
	return -ENOMEM;
}

static int read_table(struct mount_list *list, struct libmnt_table *table,
                      struct libmnt_iter *iterator)
{
	struct libmnt_fs *fs;
	int r;

	mnt_table_set_parser_errcb(table, refuse_line);
	r = mnt_table_parse_file(table, MOUNT_INFO);
	while (r == 0 && mnt_table_next_fs(table, iterator, &fs) == 0)
		r = add(list, fs);
	return r;
}

int mount_list_read(struct mount_list *list)
{
	struct libmnt_table *table;
	struct libmnt_iter *iterator;
	struct statfs fs;
	int r;

	/* The workload may have put anything in its place, such as a FIFO. */
	if (statfs(MOUNT_INFO, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return -ENOENT;
	table = mnt_new_table();
	iterator = mnt_new_iter(MNT_ITER_FORWARD);
	r = table && iterator ? read_table(list, table, iterator) : -ENOMEM;
	mnt_free_iter(iterator);
	mnt_unref_table(table);
	if (r < 0)
		mount_list_release(list);
	return r;
}

void mount_list_release(struct mount_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].target);
		free(list->items[i].source);
		free(list->items[i].fstype);
	}
	free(list->items);
	*list = (struct mount_list){0};
}
