/* SPDX-License-Identifier: MIT */
/* Filesystems through fsopen(2), which says which option it refuses, and why. */
#include "superblock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "filesystem.h"
#include "guest.h"
#include "mount_plan.h"

#define MAX_VALUE 255 /* bytes of a string that fsconfig(2) takes */

/* Of these the superblock may be one that others have mounted too, or one still to be filled: their
 * "ro" is the mount's alone. */
static const char *const in_memory[] = {"proc",  "sysfs",   "devpts",   "mqueue",     "cgroup2",
                                        "tmpfs", "debugfs", "devtmpfs", "securityfs", "ramfs",
                                        "bpf",   "tracefs", "configfs", "hugetlbfs"};

static bool is_in_memory(const char *fstype)
{
	for (size_t i = 0; i < sizeof(in_memory) / sizeof(*in_memory); i++)
		if (strcmp(fstype, in_memory[i]) == 0)
			return true;
	return false;
}

/* What the kernel has to say about the last call: the first error, without the "e " before it. */
static void read_reason(int context, char *text, size_t size)
{
	char line[256];
	ssize_t n;

	text[0] = '\0';
	while ((n = read(context, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "e ", 2) == 0) {
			snprintf(text, size, "%s", line + 2);
			return;
		}
	}
}

/* @key: the option at fault, or NULL. The value is not shown: it may be a secret. */
static int refused(struct guest *g, const struct mount_step *s, int context, int error,
                   const char *key)
{
	char reason[256];

	read_reason(context, reason, sizeof(reason));
	if (key)
		return guest_error(g, reason[0] ? 0 : error,
		                   "mount on '%.150s': %s does not take the option '%.60s'%s%s",
		                   s->destination, s->fstype ? s->fstype : "the filesystem there",
		                   key, reason[0] ? ": " : "", reason);
	return guest_error(g, error, "cannot mount '%.60s' on '%.150s'%s%s",
	                   s->fstype ? s->fstype : "the filesystem there", s->destination,
	                   reason[0] ? ": " : "", reason);
}

static int set_word(struct guest *g, const struct mount_step *s, int context, const char *word)
{
	_cleanup_free_ char *key = strdup(word);
	char *value;
	long r;

	if (!key)
		return guest_error(g, ENOMEM, "mount on '%s'", s->destination);
	value = strchr(key, '=');
	if (value)
		*value++ = '\0';
	if (value && strlen(value) > MAX_VALUE)
		return guest_error(g, 0,
		                   "mount on '%.150s': option '%.60s' is longer than %d bytes",
		                   s->destination, key, MAX_VALUE);
	r = syscall(SYS_fsconfig, context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key,
	            value, 0);
	return r < 0 ? refused(g, s, context, errno, key) : 0;
}

static int set_words(struct guest *g, const struct mount_step *s, int context)
{
	for (size_t i = 0; i < s->options.own.count; i++) {
		int r = set_word(g, s, context, s->options.own.items[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

/* As a volume's, a device is not written to: by its own "ro" a filesystem means files only. */
static int set_readonly(struct guest *g, const struct mount_step *s, const char *source,
                        int context)
{
	const char *option = NULL;
	char what[256];
	int r = 0;

	if (!s->options.readonly || is_in_memory(s->fstype))
		return 0;
	snprintf(what, sizeof(what), "source of the mount on '%.150s'", s->destination);
	if (s->from_device)
		r = filesystem_hold_still(g, what, source, s->fstype, &option);
	if (r == 0)
		r = set_word(g, s, context, "ro");
	return r == 0 && option ? set_word(g, s, context, option) : r;
}

static int configure(struct guest *g, const struct mount_step *s, const char *source, int context)
{
	int r;

	if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "source", source, 0) < 0)
		return refused(g, s, context, errno, "source");
	r = set_words(g, s, context);
	if (r == 0)
		r = set_readonly(g, s, source, context);
	if (r < 0)
		return r;
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return refused(g, s, context, errno, NULL);
	return 0;
}

/* The paths of an overlay's layers are the guest's; the kernel looks them up from init's root. */
static int configure_inside(struct guest *g, const struct mount_step *s, const char *source,
                            int context)
{
	_cleanup_fd_ int outside = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (outside < 0 || fchdir(g->root_fd) < 0 || chroot(".") < 0)
		return guest_error(g, errno, "cannot enter the root filesystem");
	r = configure(g, s, source, context);
	if (fchdir(outside) < 0 || chroot(".") < 0)
		return guest_error(g, errno, "cannot leave the root filesystem");
	return r;
}

int superblock_create(struct guest *g, const struct mount_step *s, const char *source)
{
	_doing_ int now =
	    boot_watch_doing("mounting '%.60s' on '%.150s'", s->fstype, s->destination);
	_cleanup_fd_ int context = (int)syscall(SYS_fsopen, s->fstype, FSOPEN_CLOEXEC);
	long mount;
	int r;

	if (context < 0 && errno == ENODEV)
		return guest_error(
		    g, 0, "the kernel knows no '%.60s' filesystem, which the mount on '%s' needs",
		    s->fstype, s->destination);
	if (context < 0)
		return guest_error(g, errno, "cannot mount '%.60s' on '%s'", s->fstype,
		                   s->destination);
	if (!source)
		source = s->fstype;
	r = strcmp(s->fstype, "overlay") == 0 ? configure_inside(g, s, source, context)
	                                      : configure(g, s, source, context);
	if (r < 0)
		return r;
	mount = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	return mount < 0 ? refused(g, s, context, errno, NULL) : (int)mount;
}

int superblock_adjust(struct guest *g, const struct mount_step *s, int fd)
{
	_cleanup_fd_ int context = -1;
	int r;

	if (!s->options.own.count)
		return 0;
	context = (int)syscall(SYS_fspick, fd, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);
	if (context < 0)
		return refused(g, s, context, errno, NULL);
	r = set_words(g, s, context);
	if (r == 0 && syscall(SYS_fsconfig, context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
		r = refused(g, s, context, errno, NULL);
	return r;
}
