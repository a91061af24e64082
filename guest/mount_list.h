/* SPDX-License-Identifier: MIT */
/* What is mounted: /proc/self/mountinfo, as proc(5) describes its lines. */
#ifndef VMCONFIG_MOUNT_LIST_H
#define VMCONFIG_MOUNT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mount_entry {
	char *target;
	char *source;
	char *fstype;
	dev_t device;
	bool readonly; /* the mount, whatever its filesystem is */
};

/* In the order in which they were mounted. */
struct mount_list {
	struct mount_entry *items;
	size_t count;
};

/* mount_list_add_line() - @line, without its end, is taken apart. Return: 0, -EINVAL or -ENOMEM. */
int mount_list_add_line(struct mount_list *list, char *line);

/* mount_list_read() - Return: 0 or -errno. */
int mount_list_read(struct mount_list *list);
void mount_list_release(struct mount_list *list);

#endif
