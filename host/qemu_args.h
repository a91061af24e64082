/* SPDX-License-Identifier: MIT */
/* From struct vm to QEMU's arguments: pure, nothing is opened or started. */
#ifndef VMCONFIG_QEMU_ARGS_H
#define VMCONFIG_QEMU_ARGS_H

#include "vm.h"

struct machine;
struct user_net;

/* What connects a VM with us, each a socket that QEMU inherits. */
enum channel {
	CHANNEL_CONSOLE, /* the serial line */
	CHANNEL_STDIN,   /* virtio-serial ports from here on */
	CHANNEL_STDOUT,
	CHANNEL_STDERR,
	CHANNEL_REPORT, /* the last: ports appear in this order, and init waits for this one only */
	CHANNEL_COUNT,
};

/* Devices on the PCI bus: 30 slots, of which 00 and 1f are the machine's, with 8 functions each. */
#define MAX_PCI_DEVICES 240

struct qemu_setup {
	const struct machine *machine;
	enum accel accel;            /* ACCEL_KVM or ACCEL_TCG */
	const char *command_line;    /* the kernel's */
	const struct user_net *nets; /* one for each of vm.nics */
	int channels[CHANNEL_COUNT]; /* descriptors in QEMU's process */
	int config_disk;             /* another one, read-only */
};

/*
 * qemu_args() - the whole command, the program first.
 * @vm:   disks in order are /dev/vda, /dev/vdb, …, the config disk comes after them
 * @args: zeroed; released by the caller whatever the result
 *
 * Names of files cannot become options: in QEMU's key=value lists commas are
 * doubled, and no name is taken for a protocol ("nbd:…") or for JSON. What
 * QEMU's lists cannot carry is refused by name.
 *
 * Return: 0, or negative after printing a line.
 */
int qemu_args(const struct vm *vm, const struct qemu_setup *setup, struct strlist *args);

#endif
