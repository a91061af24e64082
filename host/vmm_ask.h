/* SPDX-License-Identifier: MIT */
/* What a running VMM is asked by its control socket, in the state directory. */
#ifndef VMCONFIG_VMM_ASK_H
#define VMCONFIG_VMM_ASK_H

#include <stdint.h>

struct vmm_kind;

/*
 * vmm_ask_to_stop() - press the power button of a VMM that has no port to ask the guest by.
 * @program: the VMM's own, for those that are asked by it
 *
 * Return: 0; negative when there is no way, after printing why when it should have worked.
 */
int vmm_ask_to_stop(const struct vmm_kind *kind, const char *program);

/*
 * vmm_set_balloon() - change a guest's memory while it runs.
 * @mib:    QEMU: what the guest keeps; others: what the balloon takes
 * @actual: the same, as the VMM says it is afterwards
 *
 * A guest that does not give its memory away is waited for 10 s.
 *
 * Return: 0, or negative after printing a line.
 */
int vmm_set_balloon(const struct vmm_kind *kind, int64_t mib, int64_t *actual);

#endif
