/* SPDX-License-Identifier: MIT */
/* What a running VMM is asked by its control socket, in the state directory. */
#ifndef VMCONFIG_VMM_ASK_H
#define VMCONFIG_VMM_ASK_H

struct machine;
struct vmm_kind;

/*
 * vmm_ask_to_stop() - press the power button of a VMM that has no port to ask the guest by.
 * @machine: this host, of which not every kind has each button
 * @program: the VMM's own, for those that are asked by it
 *
 * Return: 0; -EOPNOTSUPP when there is no way; another negative value after printing why there was
 * none now.
 */
int vmm_ask_to_stop(const struct vmm_kind *kind, const struct machine *machine,
                    const char *program);

#endif
