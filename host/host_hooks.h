/* SPDX-License-Identifier: MIT */
/* Hooks of a bundle that belong to the host (runtime-spec config.md, POSIX-platform Hooks). */
#ifndef VMCONFIG_HOST_HOOKS_H
#define VMCONFIG_HOST_HOOKS_H

#include <stdbool.h>
#include <sys/types.h>

#include "vmconfig.h"

struct hook_list {
	struct hook *items;
	size_t count;
};

struct host_hooks {
	struct hook_list create; /* prestart, createRuntime, createContainer, in this order */
	struct hook_list poststart;
	struct hook_list poststop;
	char *bundle; /* absolute: what the state says, and where they run */
	const struct strmap *annotations;
};

/*
 * host_hooks_create() - before there is a virtual machine.
 * @signals: of stop_signals_open(); when one comes, the hook at work is killed
 *
 * Return: 0; -EINTR when a signal came; negative after printing a line.
 */
int host_hooks_create(const struct host_hooks *h, int signals);

/* host_hooks_poststart() - the workload has been started; @pid is the VMM's. Return: as before. */
int host_hooks_poststart(const struct host_hooks *h, pid_t pid, int signals);

/* host_hooks_poststop() - the machine is gone. What fails is warned of, and the next one is run. */
void host_hooks_poststop(const struct host_hooks *h);

bool host_hooks_any(const struct host_hooks *h);

void host_hooks_release(struct host_hooks *h);

#endif
