/* SPDX-License-Identifier: MIT */
/* The guest agent: a program of the platform's that runs beside the workload. */
#ifndef VMCONFIG_AGENT_H
#define VMCONFIG_AGENT_H

#include <stdbool.h>

struct guest;

/* agent_install() - put the initrd's agent, if it has one and the config does not skip it, into
 * init's new root. Return: 0, or negative after guest_error(). */
int agent_install(struct guest *g);

/* agent_start() - run it, if there is one; after the roots were switched. Return: 0, or negative
 * after guest_error(). */
int agent_start(struct guest *g);

/*
 * agent_hand_over() - with init_mode systemd: the image's init is to start it.
 * @run_fd:     what /run begins from
 * @is_systemd: a unit is written; another init cannot be told, which is a notice
 *
 * Return: 0, or negative after guest_error().
 */
int agent_hand_over(struct guest *g, int run_fd, bool is_systemd);

#endif
