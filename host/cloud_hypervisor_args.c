/* SPDX-License-Identifier: MIT */
/*
 * cloud-hypervisor's arguments, by its --help and docs/: each list option may be
 * given once with several values behind it.
 */
#include <string.h>

#include "arg_list.h"
#include "contract.h"
#include "error.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define NAME "cloud-hypervisor"

static int add_base(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	bool shared = false;
	int r = arg_add(args, "%s", vm->vmm ? vm->vmm : NAME);

	for (size_t i = 0; i < vm->shares.count; i++)
		shared = true;
	if (r == 0)
		r = arg_value(args, "--cpus", "boot=%lld", (long long)arg_cpus(vm));
	if (r == 0) /* memory that virtiofsd shares is not merged */
		r = arg_value(args, "--memory", "size=%lldM,%s", (long long)arg_memory_mib(vm),
		              shared ? "shared=on" : "mergeable=on");
	if (r == 0)
		r = arg_pair(args, "--kernel", vm->kernel);
	if (r == 0)
		r = arg_pair(args, "--initramfs", vm->initrd);
	if (r == 0)
		r = arg_pair(args, "--cmdline", setup->command_line);
	if (r == 0)
		r = arg_pair(args, "--console", "null");
	if (r == 0)
		r = arg_pair(args, "--serial", "tty");
	return r < 0 ? r : arg_pair(args, "--api-socket", setup->kind->socket);
}

static int add_disk(struct strlist *args, const struct vm_disk *disk)
{
	static const char *const types[] = {[VM_IMAGE_NONE] = "raw",
	                                    [VM_IMAGE_RAW] = "raw",
	                                    [VM_IMAGE_QCOW2] = "qcow2",
	                                    [VM_IMAGE_VHD] = "vhd"};
	int r = arg_plain(NAME, "disk", disk->file);

	return r < 0
	           ? r
	           : arg_add(args, "path=%s%s,readonly=%s,image_type=%s%s%s", arg_here(disk->file),
	                     disk->file, disk->readonly ? "on" : "off", types[disk->format],
	                     disk->serial ? ",serial=" : "", disk->serial ? disk->serial : "");
}

static int add_disks(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = arg_add(args, "--disk");

	for (size_t i = 0; r == 0 && i < vm->disks.count; i++)
		r = add_disk(args, &vm->disks.items[i]);
	return r < 0
	           ? r
	           : arg_add(args, "path=%s%s,readonly=on,image_type=raw,serial=%s",
	                     arg_here(setup->config_file), setup->config_file, CONFIG_DISK_SERIAL);
}

static int add_nics(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = vm->nics.count ? arg_add(args, "--net") : 0;

	for (size_t i = 0; r == 0 && i < vm->nics.count; i++) {
		const struct vm_nic *nic = &vm->nics.items[i];

		if (nic->macvtap) {
			r = arg_add(args, "fd=[%d],mac=%s", setup->first_nic + (int)i, nic->mac);
			continue;
		}
		r = arg_plain(NAME, "tap device", nic->tap);
		if (r == 0)
			r = arg_add(args, "tap=%s,mac=%s", nic->tap, nic->mac);
	}
	return r;
}

static int add_shares(const struct vm *vm, struct strlist *args)
{
	int r = vm->shares.count ? arg_add(args, "--fs") : 0;

	for (size_t i = 0; r == 0 && i < vm->shares.count; i++) {
		const struct vm_share *share = &vm->shares.items[i];

		r = arg_plain(NAME, "socket", share->socket);
		if (r == 0)
			r = arg_add(args, "tag=%s,socket=%s", share->tag, share->socket);
	}
	return r;
}

static int add_devices(const struct vm *vm, struct strlist *args)
{
	int r = 0;

	if (vm->vsock_cid.set) {
		/* connections end at this socket and its _PORT fellows */
		r = arg_value(args, "--vsock", "cid=%lld,socket=" VSOCK_FILE,
		              (long long)vm->vsock_cid.value);
	}
	if (r == 0 && vm->pci.count)
		r = arg_add(args, "--device");
	for (size_t i = 0; r == 0 && i < vm->pci.count; i++)
		r = arg_add(args, "path=/sys/bus/pci/devices/%s", vm->pci.items[i]);
	if (r == 0 && vm->balloon)
		r = arg_pair(args, "--balloon", "size=0,deflate_on_oom=on,free_page_reporting=on");
	return r;
}

int cloud_hypervisor_args(const struct vm *vm, const struct vmm_setup *setup,
                          struct vmm_command *made)
{
	struct strlist *args = &made->args;
	int r = add_base(vm, setup, args);

	if (r == 0)
		r = add_disks(vm, setup, args);
	if (r == 0)
		r = add_nics(vm, setup, args);
	if (r == 0)
		r = add_shares(vm, args);
	return r < 0 ? r : add_devices(vm, args);
}
