/* SPDX-License-Identifier: MIT */
/*
 * Families of VMMs: the one table of what each can do. Options that a family
 * has no way to honour are refused by vmm_check(), never left out.
 */
#ifndef VMCONFIG_VMM_KIND_H
#define VMCONFIG_VMM_KIND_H

#include <stddef.h>
#include <stdint.h>

struct vm;
struct vmm_command;
struct vmm_setup;

enum vmm_feature {
	VMM_TCG = 1 << 0,      /* runs without KVM */
	VMM_PORTS = 1 << 1,    /* virtio-serial ports with names: streams and reports */
	VMM_SERIAL = 1 << 2,   /* disks have serials */
	VMM_TAP = 1 << 3,      /* NICs: an existing tap device */
	VMM_MACVTAP = 1 << 4,  /* a descriptor of a macvtap device */
	VMM_USER_NET = 1 << 5, /* a network without privileges */
	VMM_PUBLISH = 1 << 6,  /* ports of it on the host */
	VMM_VIRTIOFS = 1 << 7,
	VMM_9P = 1 << 8,
	VMM_9P_RO = 1 << 9, /* and read-only */
	VMM_VSOCK = 1 << 10,
	VMM_PCI = 1 << 11,
	VMM_USB = 1 << 12,
	VMM_BALLOON = 1 << 13,
	VMM_DEVICE_TREE = 1 << 14,
	VMM_BLOCKING = 1 << 15,   /* reads a NIC's descriptor until there is a packet */
	VMM_GUESSES = 1 << 16,    /* is told no disk's format, and goes by its first bytes */
	VMM_REFERENCES = 1 << 17, /* opens the files that a disk image names */
	VMM_VSOCK_FILE = 1 << 18, /* ends a vsock itself, at Unix sockets; the others' end here */
};

/* How a guest is asked to stop, and its balloon to change. */
enum vmm_control {
	CONTROL_NONE,   /* not at all: it is killed */
	CONTROL_REPORT, /* by the report channel; the rest by QMP */
	CONTROL_CH_API, /* HTTP over a Unix socket */
	CONTROL_FC_API,
	CONTROL_PROGRAM, /* crosvm's own program, with the socket's name */
};

struct vmm_kind {
	const char *name;
	const char *compared; /* the text that its flags were compared with; vmconfig-runner(5) */
	const char *programs[2];  /* basenames; "-", "_" or "." and more may follow */
	unsigned features;        /* enum vmm_feature */
	unsigned formats;         /* 1 << enum vm_image_format */
	unsigned max_cpus;        /* 0: the machine's */
	unsigned max_disks;       /* the config disk among them; 0: none of ours to tell */
	unsigned max_nics;        /* 0: none of ours to tell */
	unsigned max_others;      /* devices beside disks and NICs; 0: none of ours to tell */
	int64_t min_memory;       /* bytes */
	const char *const *words; /* of the kernel's command line, after console=; NULL ends them */
	enum vmm_control control;
	const char *socket; /* its control socket in a state directory, or NULL */
	/* Fill @command with the program's arguments; 0, or negative after printing a line. */
	int (*args)(const struct vm *vm, const struct vmm_setup *setup,
	            struct vmm_command *command);
};

extern const struct vmm_kind vmm_kinds[];
extern const size_t vmm_kind_count;

/* vmm_kind_named() - by a family's name, or NULL. */
const struct vmm_kind *vmm_kind_named(const char *name);

/* vmm_kind_of() - by the name of a program, with or without directories, or NULL. */
const struct vmm_kind *vmm_kind_of(const char *program);

/*
 * vmm_check() - see that a family can do all that @vm asks for.
 * @setup: kind and machine count
 * Return: 0, or negative after printing a line that names the option.
 */
int vmm_check(const struct vm *vm, const struct vmm_setup *setup);

#endif
