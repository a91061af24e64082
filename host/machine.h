/* SPDX-License-Identifier: MIT */
/* What differs from one kind of machine to the next. */
#ifndef VMCONFIG_MACHINE_H
#define VMCONFIG_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

struct machine {
	const char *name;    /* as uname -m says it */
	const char *program; /* QEMU's */
	const char *options; /* of its -machine */
	const char *console; /* the kernel's name for the first serial line */
	unsigned max_cpus;   /* of that -machine */
	bool device_tree;    /* whether it is described by one */
};

/* machine_of_host() - this machine's row, or NULL after printing that there is none. */
const struct machine *machine_of_host(void);

#endif
