/* SPDX-License-Identifier: MIT */
/* Which block devices still have a filesystem mounted, wherever that may be. */
#ifndef VMCONFIG_IN_USE_H
#define VMCONFIG_IN_USE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct in_use {
	struct in_use_device {
		dev_t number;
		char name[64];
	} * items;
	size_t count;
};

/*
 * in_use_note() - remember the devices of what is mounted for writing below a directory.
 * @pins: descriptors of filesystems that are in no directory
 */
void in_use_note(struct in_use *u, const char *below, const int *pins, size_t pin_count);

/* in_use_has() - whether a device is among them. @u: may be NULL */
bool in_use_has(const struct in_use *u, dev_t number);

/*
 * in_use_wait() - until none is in use any more, two seconds at most: the
 * kernel lets go of a filesystem some time after its last file is closed.
 * Loop devices that keep one in use are released.
 *
 * Return: how many are; each is named in the log.
 */
size_t in_use_wait(const struct in_use *u);

void in_use_release(struct in_use *u);

#endif
