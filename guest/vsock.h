/* SPDX-License-Identifier: MIT */
/* A connection to the host over vsock, in the place of the report port. */
#ifndef VMCONFIG_VSOCK_H
#define VMCONFIG_VSOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "contract.h"

struct report;

/* The host's port, and what tells init from a workload that connects to it as well. */
struct vsock_place {
	unsigned port;
	const char *nonce;
};

/* vsock_is_asked_for() - whether the config wants its reports there. @place: where, if so; its
 * nonce stays the config's. */
bool vsock_is_asked_for(const struct report *report, struct vsock_place *place);

/*
 * vsock_open() - connect, once, and show the nonce.
 *
 * Return: fd, O_NONBLOCK; -ENOENT when there is no vsock (yet); -ECONNRESET when nobody listens;
 * another -errno.
 */
int vsock_open(const struct vsock_place *place);

/* vsock_wait() - vsock_open(), waiting for the driver where there is a device. */
int vsock_wait(const struct vsock_place *place, int64_t deadline_us);

/*
 * vsock_note() - put down where to connect, for a last stage that finds no keeper: it knows no
 * config. Only root may read it, which may trace the keeper as well.
 * @root_fd: below which /run is
 *
 * Return: 0 or -errno.
 */
int vsock_note(int root_fd, const struct vsock_place *place);

/* vsock_open_noted() - vsock_open() with that. @nonce: takes the nonce. Return: as vsock_open(), or
 * -ENODATA when nothing has been noted. */
int vsock_open_noted(int root_fd, char nonce[MAX_NONCE + 1]);

#endif
