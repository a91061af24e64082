/* SPDX-License-Identifier: MIT */
/* Image files as loop devices. */
#ifndef VMCONFIG_NSBOOT_DISK_H
#define VMCONFIG_NSBOOT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MAX_PARTITIONS 4

/* Of a disk, in sectors of 512 bytes. */
struct partition {
	long long start, size;
	dev_t number;
};

/* An image file behind a loop device. */
struct disk {
	const char *path; /* NULL: a letter without a device */
	bool readonly;
	int image_fd;
	int loop_fd; /* -1 until attached */
	dev_t number;
	struct partition partitions[MAX_PARTITIONS];
	size_t partition_count;
	bool was_mounted; /* at power-off: a copy of that moment takes the image's place */
};

/* disk_attach() - find a free loop device for @d's image. Dies when there is none. */
void disk_attach(struct disk *d);

/* disk_at_power_off() - remember the image as it is now, when a filesystem on it is mounted. */
void disk_at_power_off(struct disk *d, char letter);

/*
 * disk_detach() - once the machine is gone: free the loop device. An image that
 * was still mounted at power-off is replaced by what it was then, without what
 * the kernel writes as it takes the namespace apart.
 */
void disk_detach(struct disk *d);

#endif
