/* SPDX-License-Identifier: MIT */
/* StratoVirt's arguments, by its docs/config_guidebook.md: a microvm with virtio-mmio devices. */
#include <errno.h>
#include <string.h>

#include "arg_list.h"
#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "machine.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define NAME "stratovirt"

static int add_base(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = arg_add(args, "%s", vm->vmm ? vm->vmm : NAME);

	if (r == 0 && setup->name)
		r = arg_pair(args, "-name", setup->name);
	if (r == 0)
		r = arg_pair(args, "-machine",
		             vm->shares.count ? "type=microvm,mem-share=on" : "type=microvm");
	if (r == 0)
		r = arg_value(args, "-smp", "%lld", (long long)arg_cpus(vm));
	if (r == 0)
		r = arg_value(args, "-m", "%lldM", (long long)arg_memory_mib(vm));
	if (r == 0)
		r = arg_pair(args, "-kernel", vm->kernel);
	if (r == 0)
		r = arg_pair(args, "-initrd", vm->initrd);
	if (r == 0)
		r = arg_pair(args, "-append", setup->command_line);
	return r < 0 ? r : arg_pair(args, "-serial", "stdio");
}

static int add_disk(struct strlist *args, size_t index, const struct vm_disk *disk)
{
	int r = arg_plain(NAME, "disk", disk->file);

	if (r == 0)
		r = arg_value(args, "-drive",
		              "id=disk%zu,file=%s%s,readonly=%s,direct=off,if=none,format=raw",
		              index, arg_here(disk->file), disk->file,
		              disk->readonly ? "on" : "off");
	return r < 0 ? r
	             : arg_value(args, "-device", "virtio-blk-device,drive=disk%zu,id=blk%zu%s%s",
	                         index, index, disk->serial ? ",serial=" : "",
	                         disk->serial ? disk->serial : "");
}

static int add_disks(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	_cleanup_free_ char *file = NULL;
	char serial[] = CONFIG_DISK_SERIAL;
	struct vm_disk config = {.serial = serial, .readonly = true};
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->disks.count; i++)
		r = add_disk(args, i, &vm->disks.items[i]);
	if (r < 0)
		return r;
	file = strdup(setup->config_file);
	config.file = file;
	return file ? add_disk(args, vm->disks.count, &config)
	            : fail_errno(ENOMEM, "cannot make the VMM's arguments");
}

static int add_nics(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->nics.count; i++) {
		const struct vm_nic *nic = &vm->nics.items[i];

		r = nic->tap ? arg_plain(NAME, "tap device", nic->tap) : 0;
		if (r == 0)
			r = arg_add(args, "-netdev");
		if (r == 0 && nic->tap)
			r = arg_add(args, "tap,id=net%zu,ifname=%s", i, nic->tap);
		else if (r == 0)
			r = arg_add(args, "tap,id=net%zu,fd=%d", i, setup->first_nic + (int)i);
		if (r == 0)
			r = arg_value(args, "-device",
			              "virtio-net-device,netdev=net%zu,id=nic%zu,mac=%s", i, i,
			              nic->mac);
	}
	return r;
}

static int add_shares(const struct vm *vm, struct strlist *args)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->shares.count; i++) {
		const struct vm_share *share = &vm->shares.items[i];

		r = arg_plain(NAME, "socket", share->socket);
		if (r == 0)
			r = arg_value(args, "-chardev", "socket,id=share%zu,path=%s", i,
			              share->socket);
		if (r == 0)
			r = arg_value(args, "-device",
			              "vhost-user-fs-device,id=fs%zu,chardev=share%zu,tag=%s", i, i,
			              share->tag);
	}
	return r;
}

static int add_devices(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = 0;

	if (vm->vsock_cid.set)
		r = arg_value(args, "-device", "vhost-vsock-device,id=vsock,guest-cid=%lld",
		              (long long)vm->vsock_cid.value);
	if (r == 0 && vm->balloon)
		r = arg_pair(args, "-device",
		             "virtio-balloon-device,id=balloon,deflate-on-oom=true,"
		             "free-page-reporting=true");
	if (r == 0)
		r = arg_pair(args, "-object", "rng-random,id=random,filename=/dev/urandom");
	if (r == 0)
		r = arg_pair(args, "-device", "virtio-rng-device,rng=random,id=rng");
	return r < 0 ? r : arg_value(args, "-qmp", "unix:%s,server,nowait", setup->kind->socket);
}

int stratovirt_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made)
{
	struct strlist *args = &made->args;
	int r;

	if (strcmp(setup->machine->name, "x86_64") != 0)
		return fail("'%s' is known on x86_64 only", NAME);
	r = add_base(vm, setup, args);
	if (r == 0)
		r = add_disks(vm, setup, args);
	if (r == 0)
		r = add_nics(vm, setup, args);
	if (r == 0)
		r = add_shares(vm, args);
	return r < 0 ? r : add_devices(vm, setup, args);
}
