/* SPDX-License-Identifier: MIT */
/* The table of families. */
#include "vmm_kind.h"

#include <string.h>

#include "vm.h"
#include "vmm_args.h"

#define MIB          (INT64_C(1) << 20)
#define FORMAT(name) (1u << VM_IMAGE_##name)
#define RAW_FORMAT   (FORMAT(NONE) | FORMAT(RAW))
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define NET_DEVICES  (VMM_TAP | VMM_MACVTAP)

/* A panic or a reboot ends the VMM: by triple fault, by the keyboard controller. */
static const char *const acpi_words[] = {"panic=-1", "reboot=t", NULL};
static const char *const i8042_words[] = {"panic=1", "reboot=k", NULL};
static const char *const firecracker_words[] = {
    "panic=1", "reboot=k", "i8042.noaux", "i8042.nomux", "i8042.nopnp", "i8042.dumbkbd", NULL,
};
static const char *const stratovirt_words[] = {"edd=off", "panic=-1", "reboot=t", NULL};

const struct vmm_kind vmm_kinds[] = {
    {.name = "qemu",
     .compared = "7.2",
     .programs = {"qemu"},
     .features = VMM_TCG | VMM_PORTS | VMM_SERIAL | NET_DEVICES | VMM_USER_NET | VMM_PUBLISH |
                 VMM_VIRTIOFS | VMM_9P | VMM_9P_RO | VMM_VSOCK | VMM_PCI | VMM_USB | VMM_BALLOON |
                 VMM_DEVICE_TREE | VMM_REFERENCES,
     .formats = RAW_FORMAT | FORMAT(QCOW2) | FORMAT(VHD) | FORMAT(VDI) | FORMAT(VMDK),
     .min_memory = 32 * MIB,
     .words = acpi_words,
     .control = CONTROL_REPORT,
     .socket = "qmp.sock",
     .args = qemu_args},
    {.name = "cloud-hypervisor",
     .compared = "51.0",
     .programs = {"cloud-hypervisor"},
     .features = VMM_SERIAL | NET_DEVICES | VMM_VIRTIOFS | VMM_VSOCK | VMM_VSOCK_FILE | VMM_PCI |
                 VMM_BALLOON,
     .formats = RAW_FORMAT | FORMAT(QCOW2) | FORMAT(VHD),
     .min_memory = 32 * MIB,
     .words = acpi_words,
     .control = CONTROL_CH_API,
     .socket = "api.sock",
     .args = cloud_hypervisor_args},
    {.name = "firecracker",
     .compared = "1.17.0-dev",
     .programs = {"firecracker"},
     .features = VMM_TAP | VMM_VSOCK | VMM_VSOCK_FILE | VMM_BALLOON,
     .formats = RAW_FORMAT,
     .max_cpus = 32,
     .min_memory = 32 * MIB,
     .words = firecracker_words,
     .control = CONTROL_FC_API,
     .socket = "api.sock",
     .args = firecracker_args},
    {.name = "crosvm",
     .compared = "commit 072558a6e5a2",
     .programs = {"crosvm"},
     .features = VMM_SERIAL | NET_DEVICES | VMM_VIRTIOFS | VMM_9P | VMM_VSOCK | VMM_PCI |
                 VMM_BALLOON | VMM_GUESSES | VMM_REFERENCES,
     .formats = RAW_FORMAT | FORMAT(QCOW2),
     .min_memory = 32 * MIB,
     .words = i8042_words,
     .control = CONTROL_PROGRAM,
     .socket = "api.sock",
     .args = crosvm_args},
    {.name = "kvmtool",
     .compared = "commit 029cd2bb7898",
     .programs = {"lkvm", "kvmtool"},
     .features = NET_DEVICES | VMM_BLOCKING | VMM_USER_NET | VMM_9P | VMM_VSOCK | VMM_PCI |
                 VMM_BALLOON | VMM_GUESSES,
     .formats = RAW_FORMAT,
     .max_disks = 4,
     .min_memory = 64 * MIB,
     .words = i8042_words,
     .control = CONTROL_NONE,
     .args = kvmtool_args},
    {.name = "stratovirt",
     .compared = "2.3.0",
     .programs = {"stratovirt"},
     .features = VMM_SERIAL | NET_DEVICES | VMM_VIRTIOFS | VMM_VSOCK | VMM_BALLOON,
     .formats = RAW_FORMAT,
     .max_cpus = 254,
     /* "-machine microvm" on x86 keeps six of its eleven places for disks and NICs */
     .max_disks = 4,
     .max_nics = 2,
     .max_others = 5,
     .min_memory = 128 * MIB,
     .words = stratovirt_words,
     .control = CONTROL_NONE,
     .socket = "qmp.sock",
     .args = stratovirt_args},
    {.name = "alioth",
     .compared = "0.10.0",
     .programs = {"alioth"},
     .features = VMM_TAP | VMM_VIRTIOFS | VMM_VSOCK,
     .formats = RAW_FORMAT,
     .min_memory = 32 * MIB,
     .words = i8042_words,
     .control = CONTROL_NONE,
     .args = alioth_args},
};

const size_t vmm_kind_count = COUNT(vmm_kinds);

const struct vmm_kind *vmm_kind_named(const char *name)
{
	for (size_t i = 0; i < vmm_kind_count; i++)
		if (strcmp(vmm_kinds[i].name, name) == 0)
			return &vmm_kinds[i];
	return NULL;
}

/* "qemu-system-x86_64", "cloud-hypervisor-static", "firecracker-v1.13.0-x86_64". */
static int is_program(const char *program, const char *name)
{
	size_t length = strlen(program);

	return strncmp(name, program, length) == 0 &&
	       (!name[length] || strchr("-_.", name[length]));
}

const struct vmm_kind *vmm_kind_of(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;

	for (size_t i = 0; i < vmm_kind_count; i++)
		for (size_t j = 0; j < COUNT(vmm_kinds[i].programs); j++)
			if (vmm_kinds[i].programs[j] && is_program(vmm_kinds[i].programs[j], name))
				return &vmm_kinds[i];
	return NULL;
}
