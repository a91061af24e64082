/* SPDX-License-Identifier: MIT */
/* virtiofsd for each share of a machine. */
#ifndef VMCONFIG_SHARES_H
#define VMCONFIG_SHARES_H

#include <stdbool.h>

#include "vm.h"

struct shares_options {
	const char *program; /* virtiofsd */
	const char *group;   /* who may connect to the sockets; NULL: their owner alone */
	bool tell_tag;       /* the VMM does not know the tags: virtiofsd says them */
};

/*
 * shares_serve() - run one virtiofsd for each share of @vm until a signal says to stop.
 *
 * One serves one connection and ends with it: it is started again, so that the
 * machine finds it when it starts again. The service manager is told when all
 * sockets are there. A share that is read-only is so in a mount namespace of
 * virtiofsd's own, whatever the guest does.
 *
 * Return: 0, or negative after printing a line: also when a virtiofsd fails.
 */
int shares_serve(const struct vm *vm, const struct shares_options *options);

#endif
