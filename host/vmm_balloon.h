/* SPDX-License-Identifier: MIT */
/* A guest's balloon while it runs, as each family lets it be changed. */
#ifndef VMCONFIG_VMM_BALLOON_H
#define VMCONFIG_VMM_BALLOON_H

#include <stdint.h>

struct vmm_kind;

struct balloon_change {
	const struct vmm_kind *kind;
	const char *program; /* the VMM's own, for families that are told by it */
	const char *name;    /* the machine's, likewise */
	int64_t mib;         /* by QMP what the guest keeps; otherwise what the balloon takes */
};

/*
 * vmm_set_balloon() - change it, in the machine's state directory.
 * @actual: as @change.mib, as the VMM says it is afterwards
 *
 * A guest that does not give its memory away is waited for 10 s.
 *
 * Return: 0, or negative after printing a line.
 */
int vmm_set_balloon(const struct balloon_change *change, int64_t *actual);

#endif
