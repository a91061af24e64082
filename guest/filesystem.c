/* SPDX-License-Identifier: MIT */
/* Filesystems on block devices: what they are, and mounting them. */
#include "filesystem.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "config_probe.h"
#include "ext4.h"
#include "ext4_make.h"
#include "guest.h"

/* Nearly all that tells filesystems apart stands in so much of their beginning: that libblkid finds
 * it read is one request to the device, and not seven. */
#define TELLING_BYTES (68 * 1024)

static void copy_value(blkid_probe probe, const char *name, char *to, size_t size)
{
	const char *value;

	if (blkid_probe_lookup_value(probe, name, &value, NULL) == 0)
		snprintf(to, size, "%s", value);
}

/* @size: from @offset on; 0: all the rest */
static int ask_libblkid(int fd, int64_t offset, int64_t size, struct filesystem *fs)
{
	blkid_probe probe = blkid_new_probe();
	int r;

	*fs = (struct filesystem){0};
	posix_fadvise(fd, offset, TELLING_BYTES, POSIX_FADV_WILLNEED);
	/* Reading is what costs at boot, so it looks only for what can be mounted. */
	if (!probe || blkid_probe_set_device(probe, fd, offset, size) < 0 ||
	    blkid_probe_enable_superblocks(probe, 1) < 0 ||
	    blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL |
	                                                 BLKID_SUBLKS_UUID) < 0 ||
	    blkid_probe_filter_superblocks_usage(probe, BLKID_FLTR_ONLYIN, BLKID_USAGE_FILESYSTEM) <
	        0) {
		blkid_free_probe(probe);
		return -EIO;
	}
	/* "safe": a device that looks like two things at once is neither (-2). */
	r = blkid_do_safeprobe(probe);
	if (r == 0) {
		copy_value(probe, "TYPE", fs->type, sizeof(fs->type));
		copy_value(probe, "LABEL", fs->label, sizeof(fs->label));
		copy_value(probe, "UUID", fs->uuid, sizeof(fs->uuid));
	}
	blkid_free_probe(probe);
	if (r == -2)
		return -ENOTUNIQ;
	return r == 0 ? 0 : -ENODATA;
}

int filesystem_probe(const char *node, enum filesystem_kind kind, struct filesystem *fs)
{
	_doing_ int now = boot_watch_doing("reading '%s'", node);
	_cleanup_fd_ int fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	return kind == FILESYSTEM_CONFIG_DISK ? config_probe(fd, fs) : ask_libblkid(fd, 0, 0, fs);
}

int filesystem_probe_part(int fd, int64_t offset, int64_t size, struct filesystem *fs)
{
	return ask_libblkid(fd, offset, size, fs);
}

/* A read-only mount of a journaling filesystem still replays its journal, on a device that others
 * may share. */
static const char *no_replay_option(const char *type)
{
	if (strcmp(type, "ext4") == 0 || strcmp(type, "ext3") == 0)
		return "noload";
	if (strcmp(type, "xfs") == 0 || strcmp(type, "f2fs") == 0)
		return "norecovery";
	if (strcmp(type, "btrfs") == 0)
		return "rescue=nologreplay";
	return NULL;
}

/* Sort the config's options into mount flags and what is the filesystem's own, as mount(8) does. */
static int split_options(const struct strlist *options, unsigned long *flags, char **data)
{
	_cleanup_free_ char *joined = NULL;
	int r = 0;

	for (size_t i = 0; i < options->count && r == 0; i++)
		r = mnt_optstr_append_option(&joined, options->items[i], NULL);
	if (r == 0 && joined)
		r = mnt_optstr_get_flags(joined, flags, mnt_get_builtin_optmap(MNT_LINUX_MAP));
	return r < 0 || !joined ? r : mnt_split_optstr(joined, NULL, NULL, data, 0, 0);
}

static int make_options(const struct block_mount *m, const char *extra, unsigned long *flags,
                        char **data)
{
	int r;

	*flags = m->flags;
	r = m->options && m->options->count ? split_options(m->options, flags, data) : 0;
	/* Last, for an "rw" among the options takes it away. */
	if (m->readonly)
		*flags |= MS_RDONLY;
	return r == 0 && extra ? mnt_optstr_append_option(data, extra, NULL) : r;
}

static int format(struct guest *g, const struct block_mount *m)
{
	_doing_ int now = boot_watch_doing("formatting '%s', the %s", m->node, m->what);
	int r = ext4_format(m->node);

	if (r == -EEXIST)
		return guest_error_as(
		    g, "filesystem-missing",
		    "'%s', the %s, holds no filesystem but is not blank: it is not "
		    "formatted",
		    m->node, m->what);
	/* Refused by open(2), or by the first write(2). */
	if (r == -EROFS || r == -EACCES || r == -EPERM)
		return guest_error_as(g, "device-readonly", "'%s', the %s, is a read-only device",
		                      m->node, m->what);
	if (r == -ENOSPC)
		return guest_error_as(g, "device-too-small", "'%s', the %s, is too small for ext4",
		                      m->node, m->what);
	if (r < 0)
		return guest_error(g, -r, "cannot format '%s', the %s", m->node, m->what);
	guest_notice(g, "the %s was blank and has been formatted as ext4", m->what);
	return 0;
}

static int resolve_type(struct guest *g, const struct block_mount *m, char *type, size_t size)
{
	struct filesystem fs;
	int r;

	if (m->fstype) {
		snprintf(type, size, "%s", m->fstype);
		return 0;
	}
	r = filesystem_probe(m->node, m->kind, &fs);
	if (r == -ENODATA && m->format == FORMAT_EXT4) {
		snprintf(type, size, "ext4");
		return format(g, m);
	}
	if (r == -ENODATA || (r == 0 && !fs.type[0]))
		return guest_error_as(g, "filesystem-missing", "'%s', the %s, holds no filesystem",
		                      m->node, m->what);
	if (r == -ENOTUNIQ)
		return guest_error_as(g, "filesystem-ambiguous",
		                      "'%s', the %s, holds more than one filesystem", m->node,
		                      m->what);
	if (r < 0)
		return guest_error(g, -r, "cannot read '%s', the %s", m->node, m->what);
	snprintf(type, size, "%s", fs.type);
	return 0;
}

static bool is_mounted(const char *node)
{
	_cleanup_fd_ int fd = open(node, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 && errno == EBUSY;
}

/* One that is mounted looks as one does that was not unmounted. */
static int read_state(const char *node, struct ext4_state *s)
{
	int r = ext4_read(node, s);

	if (r == 0 && s->unclean && is_mounted(node))
		s->unclean = false;
	return r;
}

/* Mounted all the same it would lose more with each write. */
static int require_sound(struct guest *g, const struct block_mount *m, const struct ext4_state *s)
{
	if (!s->errors)
		return 0;
	if (m->errors != ERRORS_MOUNT)
		return guest_error_as(g, "filesystem-errors",
		                      "'%s', the %s, has errors: e2fsck(8) repairs them", m->node,
		                      m->what);
	guest_notice(g, "the %s is mounted though it has errors", m->what);
	return 0;
}

/*
 * Without its journal, too, a filesystem may write to a device that it is mounted read-only from:
 * ext4 frees the files that were removed while they were open. A device that is mounted already
 * stays as it is, lest it be one that is written to; the kernel refuses what differs from that
 * mount.
 */
static int make_readonly(struct guest *g, const char *node, const char *what)
{
	_cleanup_fd_ int fd = open(node, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	const int on = 1;

	if (fd < 0 && errno == EBUSY)
		return 0;
	if (fd < 0 || ioctl(fd, BLKROSET, &on) < 0)
		return guest_error(g, errno, "cannot make '%s', the %s, read-only", node, what);
	return 0;
}

int filesystem_hold_still(struct guest *g, const char *what, const char *node, const char *type,
                          const char **option)
{
	struct ext4_state now;

	*option = no_replay_option(type);
	if (ext4_is(type) && read_state(node, &now) == 0 && now.unclean && !now.errors)
		guest_notice(g, "the %s was not unmounted: what its journal holds is missing",
		             what);
	return make_readonly(g, node, what);
}

/* @extra: one more option, or NULL */
static int mount_block(struct guest *g, const struct block_mount *m, const char *type,
                       const char *extra)
{
	_doing_ int now = boot_watch_doing("mounting '%s' (%s), the %s", m->node, type, m->what);
	_cleanup_free_ char *data = NULL;
	unsigned long flags = 0;
	int r = make_options(m, extra, &flags, &data);

	if (r < 0)
		return guest_error(g, -r, "cannot read the mount options of '%s'", m->what);
	if (mount(m->node, m->target, type, flags, data) == 0)
		return 0;
	if (errno == ENODEV)
		return guest_error_as(g, "filesystem-unknown",
		                      "the kernel knows no '%s' filesystem, which '%s', the %s, is",
		                      type, m->node, m->what);
	if (errno == EROFS || errno == EACCES) /* EACCES: the device, EROFS: its filesystem */
		return guest_error_as(g, "device-readonly", "'%s', the %s, is a read-only device",
		                      m->node, m->what);
	return guest_error(g, errno, "cannot mount '%s' (%s), the %s", m->node, type, m->what);
}

/* What became of one that was not unmounted; that its journal was not sound shows only now. */
static int tell_unclean(struct guest *g, const struct block_mount *m, bool journaled)
{
	struct ext4_state now;

	guest_notice(g, "the %s was not unmounted: %s", m->what,
	             journaled ? "its journal has been replayed" : "it has no journal to replay");
	return ext4_read(m->node, &now) == 0 ? require_sound(g, m, &now) : 0;
}

int filesystem_mount(struct guest *g, const struct block_mount *m)
{
	/* What has been read of a disk is forgotten when the last who has it open closes it. */
	_cleanup_fd_ int kept = open(m->node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct ext4_state before = {0};
	const char *extra = NULL;
	char type[32];
	int r = resolve_type(g, m, type, sizeof(type));

	if (r == 0 && ext4_is(type) && read_state(m->node, &before) == 0)
		r = require_sound(g, m, &before);
	if (r == 0 && m->readonly)
		r = filesystem_hold_still(g, m->what, m->node, type, &extra);
	if (r == 0)
		r = mount_block(g, m, type, extra);
	if (r == 0 && !m->readonly && before.unclean && !before.errors)
		r = tell_unclean(g, m, before.journaled);
	return r;
}
