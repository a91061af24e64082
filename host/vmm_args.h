/* SPDX-License-Identifier: MIT */
/* From struct vm to a VMM's arguments: pure, nothing is opened or started. */
#ifndef VMCONFIG_VMM_ARGS_H
#define VMCONFIG_VMM_ARGS_H

#include "vm.h"

struct machine;
struct network_namespace;
struct user_net;
struct vmm_kind;

/* In a state directory, where a family ends a vsock at Unix sockets: a connection of the guest's to
 * port N at that with "_N" behind it. */
#define VSOCK_FILE "notify.vsock"

/* What connects a VM with us, each a socket that the VMM inherits. */
enum channel {
	CHANNEL_CONSOLE, /* the serial line */
	CHANNEL_STDIN,   /* virtio-serial ports from here on */
	CHANNEL_STDOUT,
	CHANNEL_STDERR,
	CHANNEL_REPORT, /* the last: ports appear in this order, and init waits for this one only */
	CHANNEL_COUNT,
};

#define DEFAULT_MEMORY (INT64_C(256) << 20)

/* Devices on the PCI bus: 30 slots, of which 00 and 1f are the machine's, with 8 functions each. */
#define MAX_PCI_DEVICES 240

struct vmm_setup {
	const struct vmm_kind *kind;
	const struct machine *machine;
	enum accel accel;            /* ACCEL_AUTO: whoever starts it adds an accelerator */
	const char *command_line;    /* the kernel's */
	const struct user_net *nets; /* one for each of vm.nics */
	const char *name;            /* the machine's, or NULL */
	int channels[CHANNEL_COUNT]; /* descriptors in the VMM's process, if it has ports */
	int first_nic;               /* those of macvtap NICs: this one and up, by their place */
	int config_disk;             /* another one, read-only; -1: there is a file */
	const char *config_file;     /* NULL, too: the config comes with the initrd */
	const struct network_namespace *network; /* where run starts it */
	bool state_dir; /* it runs in a directory of its own: a control socket is made there */
};

struct vmm_command {
	struct strlist args; /* the program first */
	char *file_name;     /* a file to write in the state directory, or NULL */
	char *file_text;
};

/*
 * vmm_command_make() - the whole command.
 * @vm:   disks in order are /dev/vda, /dev/vdb, …, the config disk comes after them
 * @made: zeroed; released by the caller whatever the result
 *
 * Names of files cannot become options: where values stand in key=value lists,
 * what the family's lists cannot carry is quoted as it wants it or refused by
 * name, and no name is taken for a protocol ("nbd:…") or for JSON.
 *
 * Return: 0, or negative after printing a line.
 */
int vmm_command_make(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made);

void vmm_command_release(struct vmm_command *made);

/* The families; each is vmm_kind.args. */
int qemu_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made);
int cloud_hypervisor_args(const struct vm *vm, const struct vmm_setup *setup,
                          struct vmm_command *made);
int firecracker_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made);
int crosvm_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made);
int kvmtool_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made);
int stratovirt_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made);
int alioth_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made);

#endif
