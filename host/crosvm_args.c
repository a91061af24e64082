/* SPDX-License-Identifier: MIT */
/* crosvm's arguments, by `crosvm run --help` and its book. */
#include <string.h>

#include "arg_list.h"
#include "contract.h"
#include "error.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define NAME "crosvm"

static int add_base(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = arg_pair(args, vm->vmm ? vm->vmm : NAME, "run");

	if (r == 0)
		r = arg_value(args, "-c", "%lld", (long long)arg_cpus(vm));
	if (r == 0)
		r = arg_value(args, "-m", "%lld", (long long)arg_memory_mib(vm));
	if (r == 0)
		r = arg_pair(args, "--serial", "type=stdout,hardware=serial,num=1,console=true");
	if (r == 0)
		r = arg_pair(args, "-s", setup->kind->socket);
	if (r == 0)
		r = arg_add(args, vm->balloon ? "--balloon-page-reporting" : "--no-balloon");
	return r < 0 ? r : arg_pair(args, "-p", setup->command_line);
}

static int add_disk(struct strlist *args, const char *file, const char *serial, bool readonly)
{
	int r = arg_plain(NAME, "disk", file);

	return r < 0 ? r
	             : arg_value(args, "--block", "path=%s%s,ro=%s%s%s", arg_here(file), file,
	                         readonly ? "true" : "false", serial ? ",id=" : "",
	                         serial ? serial : "");
}

static int add_disks(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->disks.count; i++)
		r = add_disk(args, vm->disks.items[i].file, vm->disks.items[i].serial,
		             vm->disks.items[i].readonly);
	return r < 0 ? r : add_disk(args, setup->config_file, CONFIG_DISK_SERIAL, true);
}

static int add_nics(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->nics.count; i++) {
		const struct vm_nic *nic = &vm->nics.items[i];

		r = nic->tap ? arg_plain(NAME, "tap device", nic->tap) : 0;
		if (r == 0)
			r = arg_add(args, "--net");
		if (r == 0 && nic->tap)
			r = arg_add(args, "tap-name=%s,mac=%s", nic->tap, nic->mac);
		else if (r == 0)
			r = arg_add(args, "tap-fd=%d,mac=%s", setup->first_nic + (int)i, nic->mac);
	}
	return r;
}

/* virtiofsd tells the tag: --vhost-user has no place for it. */
static int add_share(struct strlist *args, const struct vm_share *share)
{
	int r;

	if (!share->is_9p) {
		r = arg_plain(NAME, "socket", share->socket);
		return r < 0 ? r
		             : arg_value(args, "--vhost-user", "type=fs,socket=%s", share->socket);
	}
	if (strchr(share->source, ':'))
		return fail("share '%s': '%s' can be told no name that has a ':'", share->source,
		            NAME);
	r = arg_add(args, "--shared-dir");
	return r < 0 ? r
	             : arg_add(args, "%s%s:%s:type=p9", arg_here(share->source), share->source,
	                       share->tag);
}

static int add_devices(const struct vm *vm, struct strlist *args)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->shares.count; i++)
		r = add_share(args, &vm->shares.items[i]);
	if (r == 0 && vm->vsock_cid.set)
		r = arg_value(args, "--vsock", "cid=%lld", (long long)vm->vsock_cid.value);
	for (size_t i = 0; r == 0 && i < vm->pci.count; i++) {
		r = arg_value(args, "--vfio", "/sys/bus/pci/devices/%s,iommu=viommu",
		              vm->pci.items[i]);
	}
	return r;
}

/* The kernel's name is an operand, and the user's own parameters come after it: crosvm's parser,
 * argh, takes options behind an operand as before it. */
int crosvm_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made)
{
	struct strlist *args = &made->args;
	int r = add_base(vm, setup, args);

	if (r == 0)
		r = add_disks(vm, setup, args);
	if (r == 0)
		r = add_nics(vm, setup, args);
	if (r == 0)
		r = add_devices(vm, args);
	if (r == 0)
		r = arg_pair(args, "--initrd", vm->initrd);
	return r < 0 ? r : arg_add(args, "%s%s", arg_here(vm->kernel), vm->kernel);
}
