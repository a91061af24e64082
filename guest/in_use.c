/* SPDX-License-Identifier: MIT */
/* Block devices that a mounted filesystem still has. */
#include "in_use.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "delegate.h"
#include "leftovers.h"
#include "list.h"
#include "log.h"
#include "mount_list.h"

#define NODE    "/in-use"
#define WAIT_US 2000000

bool in_use_has(const struct in_use *u, dev_t number)
{
	for (size_t i = 0; u && i < u->count; i++)
		if (u->items[i].number == number)
			return true;
	return false;
}

static void add(struct in_use *u, dev_t number, const char *name)
{
	struct in_use_device *items;

	/* Major 0 is of filesystems without a device. */
	if (major(number) == 0 || in_use_has(u, number))
		return;
	items = list_grow(u->items, u->count, sizeof(*items));
	if (!items)
		return;
	u->items = items;
	items[u->count].number = number;
	snprintf(items[u->count].name, sizeof(items->name), "%s", name);
	u->count++;
}

void in_use_note(struct in_use *u, const char *below, const int *pins, size_t pin_count)
{
	struct mount_list list = {0};
	struct stat st;

	if (mount_list_read(&list) == 0) {
		for (size_t i = 0; i < list.count; i++)
			if (!list.items[i].readonly &&
			    strncmp(list.items[i].target, below, strlen(below)) == 0)
				add(u, list.items[i].device, list.items[i].source);
		mount_list_release(&list);
	}
	for (size_t i = 0; i < pin_count; i++)
		if (fstat(pins[i], &st) == 0)
			add(u, st.st_dev, "a writable layer");
}

/* Who mounts a filesystem opens its device exclusively. */
static bool is_in_use(const struct in_use_device *d)
{
	_cleanup_fd_ int fd = -1;

	if (mknod(NODE, S_IFBLK | 0600, d->number) < 0)
		return false;
	fd = open(NODE, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	unlink(NODE);
	return fd < 0 && errno == EBUSY;
}

static size_t count_in_use(const struct in_use *u, bool say)
{
	size_t count = 0;

	for (size_t i = 0; i < u->count; i++) {
		if (!is_in_use(&u->items[i]))
			continue;
		count++;
		if (say)
			log_warning("'%s' is still in use", u->items[i].name);
	}
	return count;
}

/* No event tells that a device is free: what is mounted nowhere is in no table to be watched. */
size_t in_use_wait(const struct in_use *u)
{
	const struct timespec pause_time = {.tv_nsec = 10000000};
	int64_t deadline = clock_us() + WAIT_US;

	if (count_in_use(u, false))
		leftovers_release_loops(NULL, u);
	while (count_in_use(u, false)) {
		/* What has been given up keeps its device: waiting does not help. */
		if (delegate_gave_up() || clock_us() >= deadline)
			return count_in_use(u, true);
		nanosleep(&pause_time, NULL);
	}
	return 0;
}

void in_use_release(struct in_use *u)
{
	free(u->items);
	*u = (struct in_use){0};
}
