/* SPDX-License-Identifier: MIT */
/* What filesystem a config disk has. */
#ifndef VMCONFIG_CONFIG_PROBE_H
#define VMCONFIG_CONFIG_PROBE_H

struct filesystem;

/*
 * config_probe() - look for the few that it can be: ext2, ext3, ext4 and squashfs.
 * @fs: overwritten; of it the type and the label are told
 *
 * Every disk is looked at before the config is known, so that this is one read
 * of it, and not the many of libblkid.
 *
 * Return: 0, -ENODATA when it is none of them, -ENOTUNIQ when it looks like two, or -errno.
 */
int config_probe(int fd, struct filesystem *fs);

#endif
