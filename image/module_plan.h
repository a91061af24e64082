/* SPDX-License-Identifier: MIT */
/* Which kernel modules an initrd carries, in the order in which init loads them. */
#ifndef VMCONFIG_MODULE_PLAN_H
#define VMCONFIG_MODULE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

struct strlist;

struct planned_module {
	char *name;       /* as the kernel has it: "virtio_blk" */
	char *file;       /* on the host, perhaps compressed */
	char *parameters; /* or NULL */
};

struct module_plan {
	struct planned_module *items;
	size_t count;
};

struct module_request {
	const char *directory;       /* lib/modules/VERSION, with what depmod(8) makes */
	const char *vmm;             /* NULL: an initrd for any */
	const struct strlist *extra; /* "NAME [PARAMETER…]", beside the default set */
	bool no_defaults;            /* extra alone */
	bool no_check;               /* others are there already: these need not be enough */
};

/*
 * module_plan_make() - resolve the set and its dependencies.
 * @plan: zeroed; released by the caller whatever the result
 *
 * What the kernel has built in is left out. A module of the default set that
 * the kernel lacks is an error when the VMM needs it, else it is left out.
 *
 * Return: 0, or negative after printing a line.
 */
int module_plan_make(const struct module_request *request, struct module_plan *plan);

void module_plan_release(struct module_plan *plan);

#endif
