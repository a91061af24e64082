/* SPDX-License-Identifier: MIT */
/* Identity and confinement of the workload, as steps of its process, in the one order that works.
 */
#ifndef VMCONFIG_CONFINE_H
#define VMCONFIG_CONFINE_H

#include <stdint.h>

#include "capabilities.h"
#include "seccomp_filter.h"

struct guest;
struct identity;
struct steps;

/* What the steps refer to: must outlive them. */
struct confinement {
	uint64_t own; /* capabilities_own() */
	struct capability_sets sets;
	struct seccomp_filter filter;
};

/*
 * confine_plan() - add the steps of the config.
 * @c:    overwritten, but for @c->own; to be released whatever the result
 * @id:   who the workload runs as
 * @plan: so far what comes before; nothing may come after
 *
 * Return: 0, or negative after guest_error().
 */
int confine_plan(struct guest *g, struct confinement *c, const struct identity *id,
                 struct steps *plan);

void confine_release(struct confinement *c);

#endif
