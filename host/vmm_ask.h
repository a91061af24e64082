/* SPDX-License-Identifier: MIT */
/* What a running VMM is asked by its control socket, in the state directory. */
#ifndef VMCONFIG_VMM_ASK_H
#define VMCONFIG_VMM_ASK_H

struct vmm_kind;

/*
 * vmm_ask_to_stop() - press the power button of a VMM that has no port to ask the guest by.
 * @program: the VMM's own, for those that are asked by it
 *
 * Return: 0; negative when there is no way, after printing why when it should have worked.
 */
int vmm_ask_to_stop(const struct vmm_kind *kind, const char *program);

#endif
