/* SPDX-License-Identifier: MIT */
/* What filesystem a config disk has, by its first bytes. */
#include "config_probe.h"

#include <endian.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <ext2fs/ext2_fs.h>

#include "filesystem.h"

/* As much of a disk as tells. */
struct start {
	uint32_t squashfs;
	unsigned char before_ext[1024 - sizeof(uint32_t)];
	struct ext2_super_block ext;
};

/* What the drivers of the kernel that are called so can mount. */
#define EXT2_INCOMPAT  (EXT2_FEATURE_INCOMPAT_FILETYPE | EXT2_FEATURE_INCOMPAT_META_BG)
#define EXT3_INCOMPAT  (EXT2_INCOMPAT | EXT3_FEATURE_INCOMPAT_RECOVER)
#define EXT2_RO_COMPAT (EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE)

static const char *ext_type(const struct ext2_super_block *sb)
{
	const uint32_t incompat = le32toh(sb->s_feature_incompat);

	if (le32toh(sb->s_feature_ro_compat) & ~EXT2_RO_COMPAT || incompat & ~EXT3_INCOMPAT)
		return "ext4";
	if (le32toh(sb->s_feature_compat) & EXT3_FEATURE_COMPAT_HAS_JOURNAL)
		return "ext3";
	return incompat & ~EXT2_INCOMPAT ? "ext4" : "ext2";
}

int config_probe(int fd, struct filesystem *fs)
{
	struct start start = {0};
	ssize_t n = pread(fd, &start, sizeof(start), 0);
	bool is_squashfs, is_ext;

	*fs = (struct filesystem){0};
	if (n < 0)
		return -errno;
	is_squashfs = le32toh(start.squashfs) == SQUASHFS_MAGIC;
	is_ext = n == sizeof(start) && le16toh(start.ext.s_magic) == EXT2_SUPER_MAGIC;
	if (is_squashfs == is_ext)
		return is_ext ? -ENOTUNIQ : -ENODATA;
	if (is_squashfs) {
		snprintf(fs->type, sizeof(fs->type), "squashfs");
		return 0;
	}
	snprintf(fs->type, sizeof(fs->type), "%s", ext_type(&start.ext));
	memcpy(fs->label, start.ext.s_volume_name, sizeof(start.ext.s_volume_name));
	return 0;
}
