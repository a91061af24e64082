/* SPDX-License-Identifier: MIT */
/* OCI's mount options, sorted by who understands them; pure. */
#ifndef VMCONFIG_MOUNT_OPTIONS_H
#define VMCONFIG_MOUNT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmconfig.h"

/* What mount_setattr(2) changes: MOUNT_ATTR_* to be cleared, those to be set then, and an MS_*
 * propagation type or 0. */
struct mount_change {
	uint64_t set;
	uint64_t clear;
	uint64_t propagation;
};

struct mount_options {
	bool bind;
	bool recursive; /* rbind */
	bool remount;
	bool copy_up;             /* tmpcopyup */
	bool readonly;            /* "ro" was the last word about it */
	struct mount_change here; /* of the mount itself */
	struct mount_change all;  /* of it and of all below it */
	struct strlist own;       /* for the superblock, in order: "KEY" or "KEY=VALUE" */
	const char *alien;        /* the first of these that not every filesystem has, or NULL */
};

/*
 * mount_options_parse() - sort the words; of contradicting ones the last counts.
 * @o:       zeroed; to be released whatever the result
 * @refused: takes the word that is refused
 *
 * Return: 0, -EOPNOTSUPP with a word that asks for what cannot be had, or -ENOMEM.
 */
int mount_options_parse(struct mount_options *o, const struct strlist *words, const char **refused);

void mount_options_release(struct mount_options *o);

#endif
