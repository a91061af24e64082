/* SPDX-License-Identifier: MIT */
/* The kernel's command line as a family wants it. */
#include "vm_cmdline.h"

#include <stdio.h>

#include "contract.h"
#include "error.h"
#include "kernel_cmdline.h"
#include "list.h"
#include "machine.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

static int add_words(struct strlist *words, const struct vm *vm, const struct vmm_setup *setup)
{
	char console[32];
	int r;

	snprintf(console, sizeof(console), "console=%s", setup->machine->console);
	r = strlist_add(words, console);
	for (const char *const *w = setup->kind->words; r == 0 && *w; w++)
		r = strlist_add(words, *w);
	if (r == 0)
		r = strlist_add(words, vm->verbose ? "loglevel=7" : "loglevel=4");
	/* A label may be on anybody's disk: the serial is better, where there are serials. */
	if (r == 0 && (setup->config_disk >= 0 || setup->config_file))
		r = strlist_add(words, setup->kind->features & VMM_SERIAL
		                           ? CMDLINE_DISK "=serial=" CONFIG_DISK_SERIAL
		                           : CMDLINE_DISK "=label=" CONFIG_DISK_LABEL);
	for (size_t i = 0; r == 0 && i < vm->kernel_parameters.count; i++)
		r = strlist_add(words, vm->kernel_parameters.items[i]);
	return r;
}

int vm_cmdline_make(const struct vm *vm, const struct vmm_setup *setup, char **line)
{
	struct strlist words = {0};
	int r = add_words(&words, vm, setup);

	r = r < 0 ? fail_errno(-r, "cannot make the kernel command line")
	          : kernel_cmdline_make(&words, line);
	strlist_release(&words);
	return r;
}
