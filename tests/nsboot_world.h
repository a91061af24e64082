/* SPDX-License-Identifier: MIT */
/* What init finds when it starts. */
#ifndef VMCONFIG_NSBOOT_WORLD_H
#define VMCONFIG_NSBOOT_WORLD_H

#include <sys/types.h>

struct disk;
struct options;

struct world {
	const struct options *options;
	int console; /* the slave of the pseudo terminal */
	int port;    /* the same of the port, or -1 */
	int sync;    /* a socket to the parent: the listener's number goes, a byte comes */
};

/* world_enter() - in the child, PID 1 of its namespaces: build the initramfs and execute init. */
void world_enter(const struct world *w) __attribute__((noreturn));

/* world_add_disk() - the node of @d in the /dev of the machine whose PID 1 is @pid. */
void world_add_disk(pid_t pid, const struct disk *d, char letter);

#endif
