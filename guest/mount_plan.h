/* SPDX-License-Identifier: MIT */
/* From the config's mounts to what is done about each, in the order of the list; pure. */
#ifndef VMCONFIG_MOUNT_PLAN_H
#define VMCONFIG_MOUNT_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "mount_options.h"

struct vmconfig;

enum mount_action {
	MOUNT_FRESH,  /* a filesystem */
	MOUNT_BIND,   /* a file or directory of the guest's */
	MOUNT_ADJUST, /* what is mounted there already gets these options */
};

/* The strings are the config's. */
struct mount_step {
	enum mount_action action;
	const char *destination;
	const char *source; /* or NULL */
	const char *fstype; /* as the kernel names it; of MOUNT_FRESH */
	bool from_device;   /* the source is a block device, to be waited for */
	bool replaces;      /* the machine's own mount there goes first */
	struct mount_options options;
	const struct strlist *words; /* what the options were made from */
};

struct mount_plan {
	struct mount_step *items;
	size_t count;
};

#define MOUNT_TEXT_SIZE 512

/*
 * mount_plan_make() - plan all, and refuse before the first is mounted what cannot be.
 * @plan:  zeroed; to be released whatever the result
 * @error: takes why it is refused
 *
 * Return: 0, -EINVAL with @error, or -ENOMEM.
 */
int mount_plan_make(struct mount_plan *plan, const struct vmconfig *cfg,
                    char error[MOUNT_TEXT_SIZE]);

void mount_plan_release(struct mount_plan *plan);

/* mount_names_device() - whether a mount's source, which may be NULL, is to be taken for a block
 * device's name. */
bool mount_names_device(const char *source);

/* mount_step_text() - the step as one line, for a log: values are shown of a tmpfs's options only,
 * for others may be secrets. Return: @text. */
const char *mount_step_text(const struct mount_step *step, char text[MOUNT_TEXT_SIZE]);

#endif
