/* SPDX-License-Identifier: MIT */
/*
 * Where a guest without ports connects to report: by vsock, which reaches us as
 * such or, from VMMs that end it themselves, as a Unix socket.
 *
 * Anybody in the guest can connect. The guest's init is who begins with the
 * nonce; of the others no more is read than that, and only the latest few are
 * kept.
 */
#ifndef VMCONFIG_REPORT_DOOR_H
#define VMCONFIG_REPORT_DOOR_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract.h"

#define DOOR_CALLERS 8
#define DOOR_POLLS   (1 + DOOR_CALLERS)

struct door_caller {
	int fd; /* -1: none */
	size_t length;
	char text[sizeof(VSOCK_NONCE_LINE) + MAX_NONCE];
};

struct report_door {
	int listener;  /* -1: there is none */
	uint32_t cid;  /* of the guest; 0: whoever reaches the Unix socket comes from it */
	size_t length; /* of what is expected */
	char expected[sizeof(VSOCK_NONCE_LINE) + MAX_NONCE];
	size_t next; /* the place of who has been here longest */
	struct door_caller callers[DOOR_CALLERS];
};

/*
 * report_door_open() - begin to listen, which is to be done before the guest starts.
 * @cid:   whose connections to the vsock port @port are taken; 0: there is a Unix socket
 * @path:  then, its name
 * @nonce: what the guest shows
 *
 * Return: 0 or -errno; report_door_close() whatever the result.
 */
int report_door_open(struct report_door *d, uint32_t cid, uint32_t port, const char *path,
                     const char *nonce);

/* report_door_poll() - what to wait for; @d may be NULL. */
void report_door_poll(const struct report_door *d, struct pollfd fds[DOOR_POLLS]);

/*
 * report_door_pump() - let one in, and hear who they are, as far as that goes without waiting.
 * @fds: of report_door_poll(), polled
 *
 * Return: a connection on which the nonce has been shown, O_NONBLOCK, the caller's now; or -1.
 */
int report_door_pump(struct report_door *d, const struct pollfd fds[DOOR_POLLS]);

/* report_door_is_quiet() - whether nobody waits to be let in or heard. */
bool report_door_is_quiet(const struct report_door *d);

/* report_door_turn_away() - who is here and has not shown the nonce. */
void report_door_turn_away(struct report_door *d);

void report_door_close(struct report_door *d);

#endif
