/* SPDX-License-Identifier: MIT */
/*
 * The guest's account of itself: report lines to the host over the port, or a
 * vsock in its place, or over the console with the config's nonce when there is neither.
 */
#ifndef VMCONFIG_ACCOUNT_H
#define VMCONFIG_ACCOUNT_H

#include <stdbool.h>

#include "contract.h"
#include "report.h"

struct vmconfig;

struct account {
	int port;          /* fd of the port or the vsock, or -1: the console is used */
	bool no_port;      /* the config wants it elsewhere: the port is never opened */
	bool awaited;      /* the port has been: not once more */
	bool host_counts;  /* the host has said hello: it will say done */
	bool host_missing; /* it did not take a line in time: not waited for again */
	char nonce[MAX_NONCE + 1];
	char input[256]; /* a line from the host, not yet whole */
	size_t input_length;
	bool input_overrun; /* the line at hand is too long: skip to its end */
	/* That came before anybody would act on them; account_receive() returns them first. */
	struct report_command kept[32];
	size_t kept_count;
};

void account_init(struct account *a);

/*
 * account_settle() - after the config is known: wait for the port when the config asks for it, or
 * connect by vsock. Later it is only looked for.
 *
 * Return: 0; -ENOENT or another -errno when the config asks for what is not to be had; or
 * -STOP_ASKED as stop_wait() has it.
 */
int account_settle(struct account *a, const struct vmconfig *cfg);

/*
 * account_reopen() - in a last stage that found no keeper, and knows no config: connect by vsock
 * when it has been noted down that the config wants that, else open the port.
 * @root_fd: below which /run is
 */
void account_reopen(struct account *a, int root_fd);

/*
 * account_send() - one line, on the port or, where that does not take it, the console.
 *
 * Failures are not told: there is nobody to tell.
 */
void account_send(struct account *a, const struct report_message *m);

/* account_send_at_once() - the same, but a port that does not take it now is not waited for. */
void account_send_at_once(struct account *a, const struct report_message *m);

/*
 * account_receive() - the next whole line from the host, without waiting.
 * Return: 1 with a command, 0 when there is none, -EPIPE while no host is connected.
 */
int account_receive(struct account *a, struct report_command *c);

/*
 * account_look_for_stop() - read what the host has said, and keep it for account_receive().
 * @port: the account's, as the caller has it
 *
 * Return: 1 when it has asked for a stop, now or before; 0; -EPIPE while no host is connected.
 */
int account_look_for_stop(struct account *a, int port);

/* account_is_full() - whether no more can be kept: the rest stays in the port. */
bool account_is_full(const struct account *a);

#endif
