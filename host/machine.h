/* SPDX-License-Identifier: MIT */
/* What differs from one kind of machine to the next. */
#ifndef VMCONFIG_MACHINE_H
#define VMCONFIG_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that a file has when it is a kernel. */
struct magic {
	size_t offset;
	const char *bytes; /* NULL ends a list */
};

struct machine {
	const char *name;    /* as uname -m says it */
	const char *program; /* QEMU's */
	const char *options; /* of its -machine */
	const char *console; /* the kernel's name for the first serial line */
	unsigned max_cpus;   /* of that -machine */
	bool device_tree;    /* whether it is described by one */
	struct magic kernels[4];
};

/* How much of a file machine_boots() wants to see. */
#define MAGIC_BYTES 1024

/* machine_of_host() - this machine's row, or NULL after printing that there is none. */
const struct machine *machine_of_host(void);

/* machine_boots() - whether a file that begins with @head is one of the machine's kernels. */
bool machine_boots(const struct machine *m, const void *head, size_t length);

#endif
