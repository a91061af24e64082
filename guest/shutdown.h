/* SPDX-License-Identifier: MIT */
/* The end: filesystems taken apart, then the machine. */
#ifndef VMCONFIG_SHUTDOWN_H
#define VMCONFIG_SHUTDOWN_H

struct account;
struct guest;
struct report_message;

/* What becomes of the machine. */
enum machine_end {
	MACHINE_POWER_OFF,
	MACHINE_REBOOT, /* which a VMM may take for its own end */
	MACHINE_HALT,   /* it stays, and does nothing */
	MACHINE_KEXEC,  /* the kernel that somebody has loaded; without one as MACHINE_REBOOT */
};

/*
 * shutdown_filesystems() - unmount everything in reverse, the root and its layers included.
 *
 * To be called when no other process is left. What cannot be unmounted is made
 * read-only, and named in the log.
 */
void shutdown_filesystems(struct guest *g);

/* shutdown_pins() - let go of the layers below overlays that have been unmounted. */
void shutdown_pins(struct guest *g);

/* shutdown_sync() - what is written gets a few seconds to reach the disks. */
void shutdown_sync(void);

/*
 * shutdown_by_force() - the end by another process than PID 1, which does not answer.
 *
 * Nothing is unmounted: what is written gets a few seconds to reach the disks,
 * then they become read-only. @m is the last word.
 */
void shutdown_by_force(struct account *a, const struct report_message *m, enum machine_end end)
    __attribute__((noreturn));

/* shutdown_machine() - never returns: where the machine cannot be turned off, it is halted. */
void shutdown_machine(enum machine_end end) __attribute__((noreturn));

/* machine_end_of() - by such a name. Return: one of the ends, or -1. */
int machine_end_of(const char *name);

/* machine_end_name() - for reports: "poweroff", "reboot", "halt", "kexec". */
const char *machine_end_name(enum machine_end end);

#endif
