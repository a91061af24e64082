/* SPDX-License-Identifier: MIT */
/* The kinds of machines that vmconfig boots, each on a host of its own kind. */
#include "machine.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "error.h"

/*
 * Why q35 and not microvm: without KVM microvm has the PIT as its only timer
 * until the APIC's is calibrated, and QEMU 7.2 loses its first interrupts more
 * often than not, so that Debian's 6.1 kernel waits for ever where it
 * calibrates its delay loop. A q35 with its unused parts left away boots as
 * fast, every time, and has ACPI, PCI Express and MSI-X as stock kernels know them.
 */
static const struct machine machines[] = {
    {"x86_64", "qemu-system-x86_64", "q35,smm=off,vmport=off,sata=off,usb=off", "ttyS0",
     255, /* more would need an IOMMU to deliver interrupts */
     false},
    {"aarch64", "qemu-system-aarch64", "virt,gic-version=max", "ttyAMA0", 255, true},
};

const struct machine *machine_of_host(void)
{
	struct utsname host;

	if (uname(&host) < 0) {
		fail_errno(errno, "cannot tell what machine this is");
		return NULL;
	}
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (strcmp(machines[i].name, host.machine) == 0)
			return &machines[i];
	fail("cannot boot virtual machines on '%s': only x86_64 and aarch64 are known",
	     host.machine);
	return NULL;
}
