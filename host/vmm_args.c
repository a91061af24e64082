/* SPDX-License-Identifier: MIT */
/* The part of a command that is the same in all families. */
#include "vmm_args.h"

#include <stdlib.h>

#include "arg_list.h"
#include "list.h"
#include "vmm_kind.h"

int vmm_command_make(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made)
{
	int r = vmm_check(vm, setup);

	if (r == 0)
		r = setup->kind->args(vm, setup, made);
	for (size_t i = 0; r == 0 && i < vm->vmm_parameters.count; i++)
		r = arg_add(&made->args, "%s", vm->vmm_parameters.items[i]);
	return r;
}

void vmm_command_release(struct vmm_command *made)
{
	strlist_release(&made->args);
	free(made->file_name);
	free(made->file_text);
	*made = (struct vmm_command){0};
}
