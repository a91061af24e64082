/* SPDX-License-Identifier: MIT */
/* From the workload's start until no process is left and its output has gone out. */
#ifndef VMCONFIG_SUPERVISE_H
#define VMCONFIG_SUPERVISE_H

#include "account.h"
#include "guest.h"
#include "shutdown.h"

/*
 * supervise() - reap, forward, relay, stop.
 * @g: after phase_workload()
 * @a: where the host's wishes come from
 * @stopping: a stop has been asked for already
 * @m: becomes the exit message
 *
 * Returns once every other process is gone (or cannot be killed), with what
 * the machine has been asked to do then.
 */
enum machine_end supervise(const struct guest *g, struct account *a, bool stopping,
                           struct report_message *m);

/* supervise_farewell() - after the last word: wait until the host has everything. */
void supervise_farewell(struct account *a);

#endif
