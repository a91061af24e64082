/* SPDX-License-Identifier: MIT */
/* Formatting a device that is blank, and no other. */
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "ext4_make.h"

#define BLANK_BYTES (1U << 20)

/* Whatever libblkid knows: filesystems, parts of arrays, encrypted ones, swap, partition tables. */
static int require_unknown(int fd)
{
	blkid_probe probe = blkid_new_probe();
	int r = -EIO;

	if (probe && blkid_probe_set_device(probe, fd, 0, 0) == 0 &&
	    blkid_probe_enable_superblocks(probe, 1) == 0 &&
	    blkid_probe_enable_partitions(probe, 1) == 0) {
		r = blkid_do_safeprobe(probe);
		r = r == 1 ? 0 : r == -1 ? -EIO : -EEXIST;
	}
	blkid_free_probe(probe);
	return r;
}

static int require_zeros(int fd)
{
	unsigned char data[65536];

	for (off_t at = 0; at < (off_t)BLANK_BYTES;) {
		ssize_t n = pread(fd, data, sizeof(data), at);

		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		for (ssize_t i = 0; i < n; i++)
			if (data[i])
				return -EEXIST;
		at += n;
	}
	return 0;
}

static int make_identity(struct ext4_identity *id)
{
	if (getrandom(id, sizeof(*id), 0) != sizeof(*id))
		return -EIO;
	/* A random UUID, as RFC 4122 has it. */
	id->uuid[6] = (id->uuid[6] & 0x0f) | 0x40;
	id->uuid[8] = (id->uuid[8] & 0x3f) | 0x80;
	id->time = (uint32_t)time(NULL);
	return 0;
}

int ext4_format(const char *node)
{
	/* Exclusively: a device that is mounted, or part of another, is busy. */
	_cleanup_fd_ int fd = open(node, O_RDWR | O_EXCL | O_CLOEXEC);
	struct ext4_identity id;
	uint64_t bytes;
	int r;

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes) < 0)
		return -errno;
	r = require_unknown(fd);
	if (r == 0)
		r = require_zeros(fd);
	if (r == 0)
		r = make_identity(&id);
	return r < 0 ? r : ext4_make(fd, bytes, &id);
}
