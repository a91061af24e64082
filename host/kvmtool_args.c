/* SPDX-License-Identifier: MIT */
/* kvmtool's arguments, by its manual and `lkvm run --help`. */
#include <string.h>

#include "arg_list.h"
#include "error.h"
#include "user_net.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define NAME "kvmtool"

/* The network that its user mode makes, of which nothing else can be said. */
#define USER_NET "192.168.33.0/24"

static int add_base(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = arg_pair(args, vm->vmm ? vm->vmm : "lkvm", "run");

	if (r == 0 && setup->name)
		r = arg_pair(args, "--name", setup->name);
	if (r == 0)
		r = arg_value(args, "-c", "%lld", (long long)arg_cpus(vm));
	if (r == 0)
		r = arg_value(args, "-m", "%lld", (long long)arg_memory_mib(vm));
	if (r == 0)
		r = arg_pair(args, "--console", "serial");
	if (r == 0)
		r = arg_add(args, "--rng");
	if (r == 0 && vm->balloon)
		r = arg_add(args, "--balloon");
	if (r == 0)
		r = arg_pair(args, "-k", vm->kernel);
	if (r == 0)
		r = arg_pair(args, "-i", vm->initrd);
	return r < 0 ? r : arg_pair(args, "-p", setup->command_line);
}

static int add_disk(struct strlist *args, const char *file, bool readonly)
{
	int r = arg_plain(NAME, "disk", file);

	return r < 0 ? r
	             : arg_value(args, "-d", "%s%s%s", arg_here(file), file, readonly ? ",ro" : "");
}

static int add_nic(const struct vmm_setup *setup, struct strlist *args, size_t index,
                   const struct vm_nic *nic)
{
	const struct user_net *net = setup->nets ? &setup->nets[index] : NULL;
	int r = nic->tap ? arg_plain(NAME, "tap device", nic->tap) : 0;

	if (r == 0)
		r = arg_add(args, "-n");
	if (r < 0)
		return r;
	if (nic->tap)
		return arg_add(args, "mode=tap,tapif=%s,guest_mac=%s", nic->tap, nic->mac);
	/* The slash says that it is a macvtap device. Opened again it would have a second queue. */
	if (nic->macvtap)
		return arg_add(args, "mode=tap,fd=%d,tapif=/dev/fd/%d,guest_mac=%s",
		               setup->first_nic + (int)index, setup->first_nic + (int)index,
		               nic->mac);
	if (net && *net->v4.net && strcmp(net->v4.net, USER_NET) != 0)
		return fail("--net: the user-mode network of '%s' is " USER_NET ", not '%s'", NAME,
		            net->v4.net);
	return arg_add(args, "mode=user,guest_mac=%s", nic->mac);
}

static int add_nics(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	size_t users = 0;
	int r = 0;

	for (size_t i = 0; i < vm->nics.count; i++)
		users += !vm->nics.items[i].tap && !vm->nics.items[i].macvtap;
	if (users > 1)
		return fail("--net: '%s' has one user-mode network, not %zu", NAME, users);
	if (!vm->nics.count) /* it has one in user mode otherwise */
		return arg_pair(args, "-n", "mode=none");
	for (size_t i = 0; r == 0 && i < vm->nics.count; i++)
		r = add_nic(setup, args, i, &vm->nics.items[i]);
	return r;
}

static int add_devices(const struct vm *vm, struct strlist *args)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < vm->shares.count; i++) {
		const struct vm_share *share = &vm->shares.items[i];

		r = arg_plain(NAME, "share", share->source);
		if (r == 0)
			r = arg_value(args, "--9p", "%s%s,%s", arg_here(share->source),
			              share->source, share->tag);
	}
	if (r == 0 && vm->vsock_cid.set)
		r = arg_value(args, "--vsock", "%lld", (long long)vm->vsock_cid.value);
	for (size_t i = 0; r == 0 && i < vm->pci.count; i++)
		r = arg_add(args, "--vfio-pci=%s", vm->pci.items[i]);
	return r;
}

int kvmtool_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made)
{
	struct strlist *args = &made->args;
	int r = add_base(vm, setup, args);

	for (size_t i = 0; r == 0 && i < vm->disks.count; i++)
		r = add_disk(args, vm->disks.items[i].file, vm->disks.items[i].readonly);
	if (r == 0)
		r = add_disk(args, setup->config_file, true);
	if (r == 0)
		r = add_nics(vm, setup, args);
	return r < 0 ? r : add_devices(vm, args);
}
