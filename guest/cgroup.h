/* SPDX-License-Identifier: MIT */
/* The workload's own control group: how init knows that the kernel ran out of memory. */
#ifndef VMCONFIG_CGROUP_H
#define VMCONFIG_CGROUP_H

#include <sys/types.h>

/* cgroup_prepare() - make the group, where there is cgroup2 with its memory controller; quietly
 * nothing elsewhere. */
void cgroup_prepare(void);

/*
 * cgroup_fork() - fork(2), with a child that begins its life in the group where the kernel can do
 * that. Moving a process that runs waits for all others: ten milliseconds of a boot.
 */
pid_t cgroup_fork(void);

/* cgroup_enter() - put the calling process into it, unless it has begun there. Return: 0, also
 * without a group, or -errno. */
int cgroup_enter(void);

/*
 * cgroup_oom_kills() - how many processes of the group the out-of-memory killer has ended.
 * Counted by the kernel (memory.events, oom_kill): nothing that is printed anywhere matters.
 */
unsigned long cgroup_oom_kills(void);

#endif
