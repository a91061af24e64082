/* SPDX-License-Identifier: MIT */
/* The modules that the phases of init need, and which of them a VMM cannot do without. */
#ifndef VMCONFIG_MODULE_SET_H
#define VMCONFIG_MODULE_SET_H

#include <stdbool.h>

enum transport {
	TRANSPORT_PCI = 1 << 0,
	TRANSPORT_MMIO = 1 << 1,
	/* Guests report by it, for there is no virtio-serial: a quarter of a megabyte that no other
	   VMM's initrd is to carry. */
	REPORT_VSOCK = 1 << 2,
};

struct default_module {
	const char *name;
	unsigned transports; /* wanted with these; 0: with all */
	bool needed;         /* no boot without it */
};

extern const struct default_module default_modules[]; /* ends with a row whose name is NULL */

/* module_set_transports() - how @vmm connects devices, or 0 when it is none we know. NULL: all. */
unsigned module_set_transports(const char *vmm);

#endif
