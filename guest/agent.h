/* SPDX-License-Identifier: MIT */
/* The guest agent: a program of the platform's that runs beside the workload. */
#ifndef VMCONFIG_AGENT_H
#define VMCONFIG_AGENT_H

#include <stdbool.h>
#include <sys/types.h>

struct guest;
struct report_message;

/* agent_install() - put the initrd's agent, if it has one and the config does not skip it, into
 * init's new root. Return: 0, or negative after guest_error(). */
int agent_install(struct guest *g);

/* agent_start() - run it, if there is one; after the roots were switched. Return: 0, or negative
 * after guest_error(). */
int agent_start(struct guest *g);

/*
 * agent_has_failed() - take the end of a child, should it be the agent's. It is not started again:
 * a platform that wants that has a supervisor for its agent.
 * @status: of waitpid(2)
 * @m: becomes a notice to the host
 *
 * Return: whether it is, and has failed.
 */
bool agent_has_failed(pid_t pid, int status, struct report_message *m);

/*
 * agent_hand_over() - with init_mode systemd: the image's init is to start it.
 * @run_fd:     what /run begins from
 * @is_systemd: a unit is written; another init cannot be told, which is a notice
 *
 * Return: 0, or negative after guest_error().
 */
int agent_hand_over(struct guest *g, int run_fd, bool is_systemd);

#endif
