/* SPDX-License-Identifier: MIT */
/*
 * What systemd says of itself on its private socket: when it has started all,
 * what of that has failed, and when it begins to shut down.
 */
#ifndef VMCONFIG_SYSTEMD_WATCH_H
#define VMCONFIG_SYSTEMD_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct systemd_watch {
	int directory;      /* inotify: the socket appears */
	int fd;             /* connected, or -1 */
	bool authenticated; /* it has answered "OK" */
	bool asked_failed;  /* for the names of units */
	bool ready;         /* has been said; once is enough */
	bool stopping;
	int64_t retry_us; /* when to try again to connect, by clock_us(), or 0 */
	int tries;        /* left */
	char state[24];   /* running, degraded, maintenance */
	char failed[960]; /* names of units, with blanks between */
	size_t skip;      /* bytes of a message that is too large */
	size_t length;
	_Alignas(8) uint8_t input[16384];
};

enum { SYSTEMD_READY = 1, SYSTEMD_STOPPING = 2 };

/* The descriptors to wait for. */
enum { SYSTEMD_POLL_DIRECTORY, SYSTEMD_POLL_SOCKET, SYSTEMD_POLL_COUNT };

/* systemd_watch_open() - begin to wait for the socket. Return: 0 or -errno. */
int systemd_watch_open(struct systemd_watch *w);

void systemd_watch_poll(const struct systemd_watch *w, struct pollfd fds[SYSTEMD_POLL_COUNT]);

/* systemd_watch_pump() - whatever can be done without waiting. Return: what is new, as flags. */
int systemd_watch_pump(struct systemd_watch *w);

#endif
