/* SPDX-License-Identifier: MIT */
/*
 * rtnetlink(7), as much as init needs: a request and its acknowledgement, a
 * dump, and waiting for something to change.
 */
#ifndef VMCONFIG_NETLINK_H
#define VMCONFIG_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

struct netlink {
	int fd;
	uint32_t sequence;
	char *buffer; /* grows to the largest message */
	size_t size;
	char reason[128]; /* what the kernel said about the last refusal, or "" */
};

#define NETLINK_CLOSED   \
	{                \
		.fd = -1 \
	}

/* A request under construction. What init sends is far smaller; one that is not is refused. */
struct netlink_message {
	struct nlmsghdr header;
	unsigned char payload[496];
};

/*
 * netlink_open() - a socket to the kernel's routing tables.
 * @groups: RTMGRP_* to be told of changes, or 0 for requests
 *
 * Return: 0 or -errno.
 */
int netlink_open(struct netlink *nl, uint32_t groups);
void netlink_close(struct netlink *nl);

/* netlink_begin() - start a message; @body is the fixed part that @type has. */
void netlink_begin(struct netlink_message *m, uint16_t type, uint16_t flags, const void *body,
                   size_t size);
/* netlink_add() - append an attribute. */
void netlink_add(struct netlink_message *m, uint16_t type, const void *data, size_t size);

/* netlink_request() - send and wait for the acknowledgement. Return: 0 or -errno, see @nl->reason.
 */
int netlink_request(struct netlink *nl, struct netlink_message *m);

/*
 * netlink_dump() - ask for a table.
 * @each: called for every entry; a negative result is returned after the last
 *
 * Return: 0, -EAGAIN when the table changed meanwhile and entries may be missing, or -errno.
 */
int netlink_dump(struct netlink *nl, struct netlink_message *m,
                 int (*each)(const struct nlmsghdr *entry, void *data), void *data);

/*
 * netlink_drain() - once something has changed in the groups of netlink_open(), which makes the
 * socket readable. What changed is not told.
 *
 * Return: 1, or -errno.
 */
int netlink_drain(struct netlink *nl);

/*
 * netlink_find() - an attribute in a row of them.
 * @size: its bytes
 *
 * Return: its data, or NULL.
 */
const void *netlink_find(const void *attributes, size_t length, uint16_t type, size_t *size);

/* netlink_find_in() - an attribute of a message whose fixed part has @body bytes. */
const void *netlink_find_in(const struct nlmsghdr *m, size_t body, uint16_t type, size_t *size);

#endif
