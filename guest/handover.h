/* SPDX-License-Identifier: MIT */
/* PID 1 becomes the image's own init; the report channel stays with the keeper. */
#ifndef VMCONFIG_HANDOVER_H
#define VMCONFIG_HANDOVER_H

#include "account.h"
#include "guest.h"

/* Where the last stage is, and what it finds the keeper by: systemd's initrd interface. */
#define LAST_STAGE    "/run/initramfs/shutdown"
#define KEEPER_SOCKET "/run/initramfs/keeper"

/*
 * handover_run() - after all phases: start the keeper and execute the init.
 * @argv0: what this program was started as; the keeper marks it
 *
 * Return: only when it could not: -errno, after guest_error(). The keeper is gone then.
 */
int handover_run(struct guest *g, struct account *a, char *argv0);

#endif
