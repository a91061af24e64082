/* SPDX-License-Identifier: MIT */
/* What a family cannot do is refused by the option's name; what none can do, for all of them. */
#include <arpa/inet.h>
#include <string.h>

#include "contract.h"
#include "error.h"
#include "formats.h"
#include "machine.h"
#include "vm.h"
#include "vm_options.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define MAX_SERIAL 20 /* VIRTIO_BLK_ID_BYTES */

static bool wants_tcg(const struct vm *vm)
{
	return vm->accel == ACCEL_TCG;
}

static bool wants_stdin(const struct vm *vm)
{
	return vm->interactive;
}

static bool wants_serial(const struct vm *vm)
{
	for (size_t i = 0; i < vm->disks.count; i++)
		if (vm->disks.items[i].serial)
			return true;
	return false;
}

static bool wants_references(const struct vm *vm)
{
	for (size_t i = 0; i < vm->disks.count; i++)
		if (vm->disks.items[i].references)
			return true;
	return false;
}

static bool wants_tap(const struct vm *vm)
{
	for (size_t i = 0; i < vm->nics.count; i++)
		if (vm->nics.items[i].tap)
			return true;
	return false;
}

static bool wants_macvtap(const struct vm *vm)
{
	for (size_t i = 0; i < vm->nics.count; i++)
		if (vm->nics.items[i].macvtap)
			return true;
	return false;
}

static bool wants_user_net(const struct vm *vm)
{
	for (size_t i = 0; i < vm->nics.count; i++)
		if (!vm->nics.items[i].tap && !vm->nics.items[i].macvtap)
			return true;
	return false;
}

static bool wants_publish(const struct vm *vm)
{
	return vm->publish.count > 0;
}

static bool wants_share(const struct vm *vm, bool is_9p, bool readonly)
{
	for (size_t i = 0; i < vm->shares.count; i++) {
		const struct vm_share *share = &vm->shares.items[i];

		if (share->is_9p == is_9p && (!readonly || share->readonly))
			return true;
	}
	return false;
}

static bool wants_virtiofs(const struct vm *vm)
{
	return wants_share(vm, false, false);
}

static bool wants_9p(const struct vm *vm)
{
	return wants_share(vm, true, false);
}

static bool wants_9p_ro(const struct vm *vm)
{
	return wants_share(vm, true, true);
}

static bool wants_vsock(const struct vm *vm)
{
	return vm->vsock_cid.set;
}

static bool wants_pci(const struct vm *vm)
{
	return vm->pci.count > 0;
}

static bool wants_usb(const struct vm *vm)
{
	return vm->usb.count > 0;
}

static bool wants_balloon(const struct vm *vm)
{
	return vm->balloon;
}

static bool wants_device_tree(const struct vm *vm)
{
	return vm->device_tree != NULL;
}

static const struct need {
	unsigned feature;
	const char *option;
	bool (*wanted)(const struct vm *vm);
	const char *complaint; /* "'NAME' …" */
} needs[] = {
    {VMM_TCG, "--accel tcg", wants_tcg, "runs with KVM only"},
    {VMM_PORTS, "--interactive", wants_stdin, "has no port for standard input"},
    {VMM_SERIAL, "--disk serial=", wants_serial, "gives disks no serials: use labels"},
    {VMM_REFERENCES, "--disk references", wants_references, "opens no files that an image names"},
    {VMM_TAP, "--net tap=", wants_tap, "has no tap interfaces"},
    {VMM_MACVTAP, "--net macvtap=", wants_macvtap, "has no macvtap interfaces"},
    {VMM_USER_NET, "--net", wants_user_net, "has no user-mode network: give it a tap="},
    {VMM_PUBLISH, "--publish", wants_publish, "forwards no ports"},
    {VMM_VIRTIOFS, "--share", wants_virtiofs, "has no virtiofs shares"},
    {VMM_9P, "--share 9p", wants_9p, "has no 9p shares"},
    {VMM_9P_RO, "--share 9p,ro", wants_9p_ro, "has no read-only 9p shares"},
    {VMM_VSOCK, "--vsock", wants_vsock, "has no vsock device"},
    {VMM_PCI, "--pci", wants_pci, "hands over no PCI devices"},
    {VMM_USB, "--usb", wants_usb, "hands over no USB devices"},
    {VMM_BALLOON, "--balloon", wants_balloon, "has no balloon"},
    {VMM_DEVICE_TREE, "--device-tree", wants_device_tree, "takes no device tree"},
};

static int check_features(const struct vm *vm, const struct vmm_kind *kind)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++)
		if (!(kind->features & needs[i].feature) && needs[i].wanted(vm))
			return fail("%s: '%s' %s", needs[i].option, kind->name, needs[i].complaint);
	for (size_t i = 0; i < vm->disks.count; i++) {
		const struct vm_disk *disk = &vm->disks.items[i];

		if (!(kind->formats & 1u << disk->format))
			return fail("%s: '%s' does not read '%s' ('%s')",
			            disk->is_vm_image ? "vm.image" : "--disk format=", kind->name,
			            disk_format_names[disk->format], disk->file);
	}
	return 0;
}

static int check_size(const struct vm *vm, const struct vmm_setup *setup)
{
	int64_t cpus = vm->vcpus.set ? vm->vcpus.value : 1;
	int64_t memory = vm->memory_bytes.set ? vm->memory_bytes.value : DEFAULT_MEMORY;
	unsigned max = setup->kind->max_cpus;

	if (!max || max > setup->machine->max_cpus)
		max = setup->machine->max_cpus;
	if (cpus < 1 || cpus > max)
		return fail("%lld virtual processors are not within 1..%u", (long long)cpus, max);
	if (memory < setup->kind->min_memory)
		return fail(
		    "a memory of %lld bytes is too small: no kernel boots in less than %lld",
		    (long long)memory, (long long)setup->kind->min_memory);
	return 0;
}

static int check_serial(const struct vm_disk *disk)
{
	const char *serial = disk->serial;

	if (!serial)
		return 0;
	if (!*serial || strlen(serial) > MAX_SERIAL)
		return fail("disk '%s': serial '%s' is not 1..%d bytes long", disk->file, serial,
		            MAX_SERIAL);
	for (const char *c = serial; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr(",\"'[]", *c))
			return fail("disk '%s': serial '%s' has a character that none may have",
			            disk->file, serial);
	if (strcmp(serial, CONFIG_DISK_SERIAL) == 0)
		return fail("disk '%s': serial '%s' is the config disk's", disk->file, serial);
	return 0;
}

/* The guest would take either for the disk that is meant. */
static int check_serial_is_one(const struct vm *vm, size_t index)
{
	const struct vm_disk *disk = &vm->disks.items[index];

	for (size_t i = 0; disk->serial && i < index; i++) {
		const struct vm_disk *other = &vm->disks.items[i];

		if (other->serial && strcmp(other->serial, disk->serial) == 0)
			return fail("disk '%s': serial '%s' is that of disk '%s' already",
			            disk->file, disk->serial, other->file);
	}
	return 0;
}

static int check_disks(const struct vm *vm)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->disks.count; i++) {
		r = check_serial(&vm->disks.items[i]);
		if (r == 0)
			r = check_serial_is_one(vm, i);
	}
	return r;
}

static int check_link(const char *what, const char *name)
{
	const char *complaint = name ? format_link_name.complain(name) : NULL;

	return complaint ? fail("%s device '%s' %s", what, name, complaint) : 0;
}

static int check_nics(const struct vm *vm)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->nics.count; i++) {
		const struct vm_nic *nic = &vm->nics.items[i];
		const char *complaint = nic->mac ? format_mac.complain(nic->mac) : "is missing";

		if (complaint)
			return fail("mac '%s' %s", nic->mac ? nic->mac : "", complaint);
		r = check_link("tap", nic->tap);
		if (r == 0)
			r = check_link("macvtap", nic->macvtap);
	}
	return r;
}

static int check_publish(const struct vm *vm)
{
	struct in_addr address;

	for (size_t i = 0; i < vm->publish.count; i++) {
		const struct vm_publish *p = &vm->publish.items[i];

		if (p->address && inet_pton(AF_INET, p->address, &address) != 1)
			return fail("cannot publish port %u: '%s' is no IPv4 address",
			            p->guest_port, p->address);
		if (!p->guest_port || !p->host_port)
			return fail("cannot publish port %u on port %u", p->guest_port,
			            p->host_port);
	}
	return 0;
}

/* Beside those that are listed: the config disk, and an entropy device. */
static int check_devices(const struct vm *vm, const struct vmm_kind *kind)
{
	size_t others = vm->shares.count + vm->vsock_cid.set + vm->balloon + 1;

	if (kind->max_disks && vm->disks.count + 1 > kind->max_disks)
		return fail("--disk: '%s' has place for %u disks, and one of them is the config's",
		            kind->name, kind->max_disks);
	if (kind->max_nics && vm->nics.count > kind->max_nics)
		return fail("--net: '%s' has place for %u network interfaces, not for %zu",
		            kind->name, kind->max_nics, vm->nics.count);
	if (kind->max_others && others > kind->max_others)
		return fail("'%s' has place for %u devices beside disks and networks, not for %zu",
		            kind->name, kind->max_others, others);
	return 0;
}

int vmm_check(const struct vm *vm, const struct vmm_setup *setup)
{
	int r = check_features(vm, setup->kind);

	if (r == 0)
		r = check_size(vm, setup);
	if (r == 0)
		r = check_disks(vm);
	if (r == 0)
		r = check_nics(vm);
	if (r == 0)
		r = check_publish(vm);
	return r < 0 ? r : check_devices(vm, setup->kind);
}
