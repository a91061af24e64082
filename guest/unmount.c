/* SPDX-License-Identifier: MIT */
/* Taking a tree of filesystems apart. */
#include "unmount.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>

#include "clock.h"
#include "delegate.h"
#include "leftovers.h"
#include "list.h"
#include "log.h"
#include "mount_list.h"

#define LATE_CLOSE_US 2000000

/* No data in it, or only in memory: others may keep such a one open without harm. */
static bool is_virtual(const struct mount_entry *m)
{
	return strncmp(m->source, "/dev/", 5) != 0 && strcmp(m->fstype, "overlay") != 0;
}

/* Neither a device nor a host has to answer for it to be unmounted. */
static bool is_in_memory(const struct mount_entry *m)
{
	static const char *const types[] = {"proc",    "sysfs",  "tmpfs",   "devtmpfs",
	                                    "devpts",  "mqueue", "cgroup2", "cgroup",
	                                    "debugfs", "ramfs",  "bpf",     "tracefs"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(m->fstype, types[i]) == 0)
			return true;
	return false;
}

static int run_unmount(void *target)
{
	return umount2(target, UMOUNT_NOFOLLOW) < 0 ? -errno : 0;
}

static int run_detach(void *target)
{
	return umount2(target, UMOUNT_NOFOLLOW | MNT_DETACH) < 0 ? -errno : 0;
}

static int run_readonly(void *target)
{
	return mount(NULL, target, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0 ? -errno : 0;
}

/* A detached mount takes those below it along, out of sight: @detach only when none is left there.
 */
static int take_away(const struct mount_entry *m, bool detach)
{
	const struct delegate_work work = {.run = run_unmount, .data = m->target, .give_fd = -1};
	const struct delegate_work detaching = {
	    .run = run_detach, .data = m->target, .give_fd = -1};
	int r = is_in_memory(m) ? run_unmount(m->target) : delegate(&work);

	if (r != -EBUSY || !detach || !is_virtual(m))
		return r;
	return is_in_memory(m) ? run_detach(m->target) : delegate(&detaching);
}

static bool is_kept(const char *target, const char *below)
{
	size_t n = strlen(below);

	if (strcmp(target, "/") == 0 || strcmp(target, "/proc") == 0)
		return true;
	return strncmp(target, below, n) != 0 || (target[n] != '\0' && target[n] != '/' && n > 0);
}

/* @target: what is_kept() does not keep. Return: its path in the tree that is taken apart. */
static const char *name_in(const char *target, const char *below)
{
	const char *name = target + strlen(below);

	return *name ? name : "/";
}

/* One pass. Return: how many have gone; @left: how many have not. */
static size_t unmount_once(const char *below, struct strlist *given_up, size_t *left)
{
	struct mount_list list = {0};
	size_t gone = 0;

	/* A list that cannot be read, for it may be huge, has the root filesystem at least. */
	*left = 1;
	if (mount_list_read(&list) < 0)
		return 0;
	*left = 0;
	for (size_t i = list.count; i-- > 0;) {
		const struct mount_entry *m = &list.items[i];
		int r;

		if (is_kept(m->target, below))
			continue;
		r = strlist_contains(given_up, m->target) ? -ETIMEDOUT : take_away(m, *left == 0);
		/* It may come off the tree all the same, at last: what counts is that it has not
		 * come back. */
		if (r == -ETIMEDOUT && !strlist_contains(given_up, m->target)) {
			log_error("unmounting '%s' does not come to an end",
			          name_in(m->target, below));
			strlist_add(given_up, m->target);
		}
		if (r == 0)
			gone++;
		else
			(*left)++;
	}
	mount_list_release(&list);
	return gone;
}

/*
 * Again as long as that helps: mounts may be stacked, or hold each other in
 * another order, or by way of a loop device. And a little longer: the kernel
 * closes some files only after their process has gone (those in an io_uring),
 * and tells nobody when.
 */
size_t unmount_tree(const char *below, const struct in_use *devices)
{
	const struct timespec pause_time = {.tv_nsec = 10000000};
	int64_t deadline = clock_us() + LATE_CLOSE_US;
	struct strlist given_up = {0};
	size_t left;

	for (;;) {
		size_t gone = unmount_once(below, &given_up, &left);

		if (!left)
			break;
		if (*below)
			gone += leftovers_release(below, devices);
		if (!gone && (left == given_up.count || clock_us() >= deadline))
			break;
		if (!gone)
			nanosleep(&pause_time, NULL);
	}
	strlist_release(&given_up);
	return left;
}

void unmount_make_readonly(const char *below)
{
	struct mount_list list = {0};

	if (mount_list_read(&list) < 0)
		return;
	for (size_t i = list.count; i-- > 0;) {
		const struct mount_entry *m = &list.items[i];
		const struct delegate_work work = {
		    .run = run_readonly, .data = m->target, .give_fd = -1};
		int r;

		if (is_kept(m->target, below))
			continue;
		log_warning("cannot unmount '%s'", name_in(m->target, below));
		r = delegate(&work);
		if (r < 0)
			log_error("cannot make '%s' read-only: %s", name_in(m->target, below),
			          strerror(-r));
	}
	mount_list_release(&list);
}
