/* SPDX-License-Identifier: MIT */
/* The default set of modules. */
#include "module_set.h"

#include <stddef.h>
#include <string.h>

const struct default_module default_modules[] = {
    {"virtio_pci", TRANSPORT_PCI, true},
    {"virtio_mmio", TRANSPORT_MMIO, true},
    {"virtio_blk", 0, true}, /* config disk, root, volumes */
    {"ext4", 0, false},      /* config disk, root, volumes; kernels for clouds have it built in */
    {"virtio_net", 0, false},
    {"virtio_console", 0, false}, /* report channel and standard streams */
    {"vmw_vsock_virtio_transport", REPORT_VSOCK, false},
    {"virtio_rng", 0, false},
    {"overlay", 0, false}, /* a root or volume of mode overlay */
    {"button", 0, false},  /* the power button */
    {.name = NULL},
};

static const struct {
	const char *vmm;
	unsigned transports;
} families[] = {
    {"qemu", TRANSPORT_PCI},
    {"cloud-hypervisor", TRANSPORT_PCI | REPORT_VSOCK},
    {"firecracker", TRANSPORT_MMIO | REPORT_VSOCK},
    {"crosvm", TRANSPORT_PCI | REPORT_VSOCK},
    {"kvmtool", TRANSPORT_PCI | REPORT_VSOCK},
    {"stratovirt", TRANSPORT_PCI | TRANSPORT_MMIO | REPORT_VSOCK},
    {"alioth", TRANSPORT_PCI | REPORT_VSOCK},
};

unsigned module_set_transports(const char *vmm)
{
	if (!vmm)
		return TRANSPORT_PCI | TRANSPORT_MMIO;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strcmp(families[i].vmm, vmm) == 0)
			return families[i].transports;
	return 0;
}
