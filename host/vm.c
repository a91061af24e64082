/* SPDX-License-Identifier: MIT */
/* What a request owns. */
#include "vm.h"

#include <errno.h>
#include <stdlib.h>

#include "list.h"

int vm_add_disk(struct vm *vm, const struct vm_disk *disk)
{
	struct vm_disk *items = list_grow(vm->disks.items, vm->disks.count, sizeof(*items));

	if (!items)
		return -ENOMEM;
	vm->disks.items = items;
	items[vm->disks.count++] = *disk;
	return 0;
}

void vm_release(struct vm *vm)
{
	for (size_t i = 0; i < vm->disks.count; i++) {
		free(vm->disks.items[i].file);
		free(vm->disks.items[i].serial);
	}
	free(vm->disks.items);
	for (size_t i = 0; i < vm->nics.count; i++) {
		free(vm->nics.items[i].tap);
		free(vm->nics.items[i].macvtap);
		free(vm->nics.items[i].link);
		free(vm->nics.items[i].mode);
		free(vm->nics.items[i].mac);
	}
	free(vm->nics.items);
	for (size_t i = 0; i < vm->publish.count; i++)
		free(vm->publish.items[i].address);
	free(vm->publish.items);
	for (size_t i = 0; i < vm->shares.count; i++) {
		free(vm->shares.items[i].source);
		free(vm->shares.items[i].tag);
		free(vm->shares.items[i].socket);
	}
	free(vm->shares.items);
	strlist_release(&vm->pci);
	strlist_release(&vm->usb);
	strlist_release(&vm->kernel_parameters);
	strlist_release(&vm->vmm_parameters);
	free(vm->kernel);
	free(vm->initrd);
	free(vm->vmm);
	free(vm->image.path);
	free(vm->device_tree);
	free(vm->timing_file);
	*vm = (struct vm){0};
}

void request_release(struct request *r)
{
	vmconfig_release(&r->config);
	vm_release(&r->vm);
	host_hooks_release(&r->hooks);
	free(r->root_dir);
	free(r->network_namespace);
	free(r->image);
}
