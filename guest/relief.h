/* SPDX-License-Identifier: MIT */
/* The report channel's way from the keeper to the last stage, through a socket. */
#ifndef VMCONFIG_RELIEF_H
#define VMCONFIG_RELIEF_H

#include <stdbool.h>

#include "account.h"
#include "guest.h"

/* relief_listen() - the socket at @path, for root alone. Return: fd or -errno. */
int relief_listen(const char *path);

/*
 * relief_give() - hand all over to whoever is at the door, if that is PID 1.
 * Return: whether it has been done.
 */
bool relief_give(int listener, const struct account *a, const struct pins *pins);

/*
 * relief_take() - the other side; waits a few seconds at most.
 * Return: 0 or -errno: there is no keeper.
 */
int relief_take(const char *path, struct account *a, struct pins *pins);

#endif
