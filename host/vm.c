/* SPDX-License-Identifier: MIT */
/* Releasing what a request owns. */
#include "vm.h"

#include <stdlib.h>

#include "list.h"

void vm_release(struct vm *vm)
{
	for (size_t i = 0; i < vm->disks.count; i++) {
		free(vm->disks.items[i].file);
		free(vm->disks.items[i].serial);
	}
	free(vm->disks.items);
	for (size_t i = 0; i < vm->nics.count; i++) {
		free(vm->nics.items[i].tap);
		free(vm->nics.items[i].mac);
	}
	free(vm->nics.items);
	for (size_t i = 0; i < vm->publish.count; i++)
		free(vm->publish.items[i].address);
	free(vm->publish.items);
	strlist_release(&vm->kernel_parameters);
	strlist_release(&vm->vmm_parameters);
	free(vm->kernel);
	free(vm->initrd);
	free(vm->vmm);
	free(vm->image.path);
	free(vm->device_tree);
	*vm = (struct vm){0};
}

void request_release(struct request *r)
{
	vmconfig_release(&r->config);
	vm_release(&r->vm);
}
