/* SPDX-License-Identifier: MIT */
/* What an ext2, ext3 or ext4 filesystem says about itself, and growing one. */
#include "ext4.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ext2fs/ext2_fs.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "guest.h"

#ifndef EXT4_IOC_RESIZE_FS
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, uint64_t)
#endif

#define SUPERBLOCK    1024 /* bytes before it */
#define MAX_LOG_BLOCK 6    /* 64 KiB */

bool ext4_is(const char *type)
{
	return strcmp(type, "ext4") == 0 || strcmp(type, "ext3") == 0 || strcmp(type, "ext2") == 0;
}

int ext4_read(const char *node, struct ext4_state *state)
{
	_doing_ int now = boot_watch_doing("reading '%s'", node);
	_cleanup_fd_ int fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct ext2_super_block sb;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = pread(fd, &sb, sizeof(sb), SUPERBLOCK);
	if (n < 0)
		return -errno;
	if (n != sizeof(sb) || le16toh(sb.s_magic) != EXT2_SUPER_MAGIC ||
	    le32toh(sb.s_log_block_size) > MAX_LOG_BLOCK)
		return -ENODATA;
	*state = (struct ext4_state){
	    .journaled = le32toh(sb.s_feature_incompat) & EXT3_FEATURE_INCOMPAT_RECOVER,
	    .errors = le16toh(sb.s_state) & EXT2_ERROR_FS,
	    .block_size = 1024U << le32toh(sb.s_log_block_size),
	    .bytes = le32toh(sb.s_blocks_count),
	};
	if (le32toh(sb.s_feature_incompat) & EXT4_FEATURE_INCOMPAT_64BIT)
		state->bytes |= (uint64_t)le32toh(sb.s_blocks_count_hi) << 32;
	state->bytes *= state->block_size;
	/* With a journal VALID_FS stays set, and RECOVER tells. */
	state->unclean = state->journaled || !(le16toh(sb.s_state) & EXT2_VALID_FS);
	return 0;
}

static int device_bytes(const char *node, uint64_t *bytes)
{
	_cleanup_fd_ int fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 || ioctl(fd, BLKGETSIZE64, bytes) < 0 ? -errno : 0;
}

static int resize(int dir, uint64_t blocks, const char *node, const char *what)
{
	_doing_ int now = boot_watch_doing("growing '%s', the %s", node, what);

	return ioctl(dir, EXT4_IOC_RESIZE_FS, &blocks);
}

int ext4_grow(struct guest *g, const char *what, const char *node, int fd)
{
	_cleanup_fd_ int dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct ext4_state before, after;
	uint64_t bytes = 0, blocks;
	int r = ext4_read(node, &before);

	if (r == -ENODATA)
		return guest_error(g, 0, "'%s', the %s, cannot grow: it is not ext4", node, what);
	if (r == 0)
		r = device_bytes(node, &bytes);
	if (r < 0 || dir < 0)
		return guest_error(g, r < 0 ? -r : errno,
		                   "cannot find out the size of '%s', the %s", node, what);
	blocks = bytes / before.block_size;
	if (blocks * before.block_size <= before.bytes)
		return 0;
	if (resize(dir, blocks, node, what) < 0)
		return guest_error(g, errno, "cannot grow '%s', the %s", node, what);
	/* The kernel leaves out a last group that would hold nothing but its own tables. */
	if (ext4_read(node, &after) == 0 && after.bytes > before.bytes)
		guest_notice(g, "the %s has grown from %llu to %llu MiB", what,
		             (unsigned long long)(before.bytes >> 20),
		             (unsigned long long)(after.bytes >> 20));
	return 0;
}
