/* SPDX-License-Identifier: MIT */
/*
 * The keeper: a process beside the image's init that has the report channel.
 *
 * It says when the init has been executed, is ready (systemd only) and stops,
 * takes the host's wishes, and hands the channel to the last stage, which is PID
 * 1 again when everybody else is gone. Its name begins with "@", so that
 * systemd's final killing leaves it alone; its root is a tmpfs of its own, so
 * that it holds no filesystem.
 */
#ifndef VMCONFIG_KEEPER_H
#define VMCONFIG_KEEPER_H

#include <sys/types.h>

#include "account.h"
#include "guest.h"

struct init_kind;

/*
 * keeper_start() - fork it, and wait until it is where it should be.
 * @argv0: the memory of the program's name, whose first byte becomes "@"
 *
 * It takes the next exec of this process for the init's start.
 *
 * Return: its pid, or -errno.
 */
pid_t keeper_start(struct guest *g, struct account *a, const struct init_kind *kind, char *argv0);

/*
 * keeper_relieve() - take over from it: in the last stage, as PID 1.
 * @pins: becomes what the first stage had pinned
 *
 * Without a keeper, for it has been killed, the port is opened anew.
 */
void keeper_relieve(struct account *a, struct pins *pins);

#endif
