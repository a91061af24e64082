/* SPDX-License-Identifier: MIT */
/* Finding block devices by path, serial, label or UUID, and waiting for them. */
#ifndef VMCONFIG_DEVICE_H
#define VMCONFIG_DEVICE_H

#include <stdbool.h>
#include <sys/types.h>

struct guest;

#define DEVICE_NODE_SIZE 280

/*
 * device_find() - look once.
 * @spec: /dev/NAME, serial=NAME, label=NAME or uuid=UUID
 * @node: takes the path of the device node
 *
 * Return: 0, -ENOENT when there is none, -ENOTUNIQ when two answer to the name, or another -errno.
 */
int device_find(const char *spec, char node[DEVICE_NODE_SIZE]);

/* device_find_config() - as device_find(): the device with a frame, or with the config disk's
 * label.
 */
int device_find_config(char node[DEVICE_NODE_SIZE]);

/*
 * device_wait() - look until it is there, for as long as the command line allows.
 * @what: what the device is for, in the message
 *
 * Return: 0, or negative after guest_error().
 */
int device_wait(struct guest *g, const char *what, const char *spec, char node[DEVICE_NODE_SIZE]);

/*
 * device_wait_partition() - as device_wait(), for one of a disk's partitions.
 * @node: on entry the disk's, then the partition's
 *
 * Return: 0, or negative after guest_error().
 */
int device_wait_partition(struct guest *g, const char *what, int number,
                          char node[DEVICE_NODE_SIZE]);

/* device_is_partition() - whether the kernel says that the node is one. */
bool device_is_partition(const char *node);

/* device_number() - the st_rdev of a block device node. Return: 0 or -errno. */
int device_number(const char *node, dev_t *number);

/* device_same() - whether two nodes are the same device. */
bool device_same(const char *a, const char *b);

/*
 * device_unbind() - take the driver away, so that the node vanishes; quietly nothing where sysfs
 * has none.
 *
 * The kernel waits for the device and for grace periods of RCU, ten milliseconds and more, and
 * nothing else of a boot needs to: a child does it.
 */
void device_unbind(const char *node);

/* device_unbound() - wait for that child. */
void device_unbound(void);

#endif
