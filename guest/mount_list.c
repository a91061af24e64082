/* SPDX-License-Identifier: MIT */
/* What is mounted: /proc/self/mountinfo, as proc(5) describes its lines. */
#include "mount_list.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "cleanup.h"
#include "list.h"
#include "proc_text.h"

#define MOUNT_INFO "/proc/self/mountinfo"

static int add(struct mount_list *list, struct mount_entry found)
{
	struct mount_entry *items = list_grow(list->items, list->count, sizeof(*items));
	struct mount_entry *e;

	if (!items)
		return -ENOMEM;
	list->items = items;
	e = &items[list->count++];
	*e = found;
	e->target = strdup(found.target);
	e->source = strdup(found.source);
	e->fstype = strdup(found.fstype);
	return e->target && e->source && e->fstype ? 0 : -ENOMEM;
}

/* "ID PARENT MAJOR:MINOR ROOT TARGET OPTIONS [OPTIONAL…] - FSTYPE SOURCE SUPER-OPTIONS" */
int mount_list_add_line(struct mount_list *list, char *line)
{
	enum { DEVICE = 2, TARGET = 4, OPTIONS = 5, FIXED };
	struct mount_entry found = {0};
	char *field[FIXED], *word;

	for (size_t i = 0; i < FIXED; i++)
		field[i] = strsep(&line, " ");
	do
		word = strsep(&line, " ");
	while (word && strcmp(word, "-") != 0);
	found.target = field[TARGET];
	found.fstype = strsep(&line, " ");
	found.source = strsep(&line, " ");
	if (!found.source || proc_device(field[DEVICE], &found.device) < 0)
		return -EINVAL;
	proc_unescape(found.target);
	proc_unescape(found.fstype);
	proc_unescape(found.source);
	/* The first of a mount's own options, always. */
	word = field[OPTIONS];
	found.readonly = strncmp(word, "ro", 2) == 0 && (!word[2] || word[2] == ',');
	return add(list, found);
}

/* A line that cannot be taken must not be left out: what it says is mounted. */
static int read_lines(struct mount_list *list, FILE *f)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, f)) > 0) {
		int r;

		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		r = mount_list_add_line(list, line);
		if (r < 0)
			return r;
	}
	return feof(f) ? 0 : -errno;
}

int mount_list_read(struct mount_list *list)
{
	_cleanup_file_ FILE *f = NULL;
	struct statfs fs;
	int r;

	/* The workload may have put anything in its place, such as a FIFO. */
	if (statfs(MOUNT_INFO, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return -ENOENT;
	f = fopen(MOUNT_INFO, "re");
	r = f ? read_lines(list, f) : -errno;
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
