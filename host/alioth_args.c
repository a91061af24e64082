/* SPDX-License-Identifier: MIT */
/* Alioth's arguments, by `alioth boot --help`. */
#include <string.h>

#include "arg_list.h"
#include "error.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define NAME "alioth"

static int add_base(const struct vm *vm, const struct vmm_setup *setup, struct strlist *args)
{
	int r = arg_pair(args, vm->vmm ? vm->vmm : NAME, "boot");

	if (r == 0)
		r = arg_value(args, "--cpu", "count=%lld", (long long)arg_cpus(vm));
	if (r == 0)
		r = arg_value(args, "--memory", "size=%lldM,backend=memfd",
		              (long long)arg_memory_mib(vm));
	if (r == 0)
		r = arg_pair(args, "--kernel", vm->kernel);
	if (r == 0)
		r = arg_pair(args, "--initramfs", vm->initrd);
	if (r == 0)
		r = arg_pair(args, "--cmdline", setup->command_line);
	return r < 0 ? r : arg_add(args, "--entropy");
}

static int add_disk(struct strlist *args, const char *file, bool readonly)
{
	int r = arg_plain(NAME, "disk", file);

	return r < 0 ? r
	             : arg_value(args, "--blk", "file,path=%s%s,readonly=%s", arg_here(file), file,
	                         readonly ? "true" : "false");
}

static int add_nic(struct strlist *args, const struct vm_nic *nic)
{
	int r = arg_plain(NAME, "tap device", nic->tap);

	/* A value that begins with "id_" refers to an --object. */
	if (r == 0 && strncmp(nic->tap, "id_", 3) == 0)
		r = fail("tap device '%s': '%s' can be told no name that begins with 'id_'",
		         nic->tap, NAME);
	return r < 0 ? r
	             : arg_value(args, "--net", "tap,if=%s,mac=%s,queue_pairs=1,mtu=1500", nic->tap,
	                         nic->mac);
}

static int add_share(struct strlist *args, const struct vm_share *share)
{
	int r = arg_plain(NAME, "socket", share->socket);

	if (r == 0 && strncmp(share->tag, "id_", 3) == 0)
		r = fail("tag '%s': '%s' can be told no name that begins with 'id_'", share->tag,
		         NAME);
	return r < 0 ? r
	             : arg_value(args, "--fs", "vu,socket=%s%s,tag=%s", arg_here(share->socket),
	                         share->socket, share->tag);
}

int alioth_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made)
{
	struct strlist *args = &made->args;
	int r = add_base(vm, setup, args);

	for (size_t i = 0; r == 0 && i < vm->disks.count; i++)
		r = add_disk(args, vm->disks.items[i].file, vm->disks.items[i].readonly);
	if (r == 0)
		r = add_disk(args, setup->config_file, true);
	for (size_t i = 0; r == 0 && i < vm->nics.count; i++)
		r = add_nic(args, &vm->nics.items[i]);
	for (size_t i = 0; r == 0 && i < vm->shares.count; i++)
		r = add_share(args, &vm->shares.items[i]);
	if (r == 0 && vm->vsock_cid.set)
		r = arg_value(args, "--vsock", "vhost,cid=%lld", (long long)vm->vsock_cid.value);
	return r;
}
