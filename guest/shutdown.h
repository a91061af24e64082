/* SPDX-License-Identifier: MIT */
/* The end: filesystems taken apart, then the machine. */
#ifndef VMCONFIG_SHUTDOWN_H
#define VMCONFIG_SHUTDOWN_H

struct guest;

/*
 * shutdown_filesystems() - unmount everything in reverse, the root and its layers included.
 *
 * To be called when no other process is left. What cannot be unmounted is made
 * read-only, and named in the log.
 */
void shutdown_filesystems(struct guest *g);

/* shutdown_machine() - power off. Never returns: where the machine cannot be turned off, it is
 * halted. */
void shutdown_machine(void) __attribute__((noreturn));

#endif
