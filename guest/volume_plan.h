/* SPDX-License-Identifier: MIT */
/* The order in which volumes are mounted; pure. */
#ifndef VMCONFIG_VOLUME_PLAN_H
#define VMCONFIG_VOLUME_PLAN_H

#include <stddef.h>

struct vmconfig;
struct volume;

/*
 * volume_plan() - parents before children, else as listed.
 * Return: config.volume_mounts.count pointers for free(), or NULL when out of memory.
 */
const struct volume **volume_plan(const struct vmconfig *cfg);

#endif
