/* SPDX-License-Identifier: MIT */
/*
 * The workload's capabilities(7): which it gets, and in which order the kernel
 * wants to be told.
 */
#ifndef VMCONFIG_CAPABILITIES_H
#define VMCONFIG_CAPABILITIES_H

#include <stdint.h>

#include "vmconfig.h"

struct steps;

/* One bit for each capability. */
struct capability_sets {
	uint64_t bounding;
	uint64_t effective;
	uint64_t inheritable;
	uint64_t permitted;
	uint64_t ambient;
};

/* capabilities_own() - init's permitted set: no more can be given to anybody. */
uint64_t capabilities_own(void);

/*
 * capabilities_resolve() - the sets of the config, by number.
 * @own: capabilities_own()
 *
 * What the kernel does not know, or would refuse to have in a set, is left out
 * with a warning, as OCI asks.
 */
void capabilities_resolve(struct capability_sets *sets, const struct capabilities *config,
                          uint64_t own);

/*
 * The four parts of a plan, in this order. @sets and @own must outlive it.
 *
 * capabilities_before_user(): the bounding and the inheritable set, and that
 * a change of user takes nothing away. The user is changed after it.
 *
 * capabilities_after_user(): all that init has, again in force; and the ambient
 * set. What needs privileges, such as a seccomp filter, comes after it.
 *
 * capabilities_finally(): the permitted and the effective set.
 *
 * Return: 0 or -ENOMEM.
 */
int capabilities_before_user(struct steps *plan, const struct capability_sets *sets, uint64_t own);
int capabilities_after_user(struct steps *plan, const struct capability_sets *sets, uint64_t own);
int capabilities_finally(struct steps *plan, const struct capability_sets *sets);

#endif
