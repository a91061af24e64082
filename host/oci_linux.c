/* SPDX-License-Identifier: MIT */
/* The linux section of a runtime configuration. */
#include "oci_linux.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "document.h"
#include "oci_runtime_doc.h"
#include "vm.h"
#include "vm_size.h"

/* What it means for a guest that a namespace is asked for; the others a virtual machine has of
 * itself. */
static const char *const warnings[] = {
    [NAMESPACE_USER] = "not applied: the guest's ids are its own",
    [NAMESPACE_TIME] = "not applied: the guest's clocks are its own",
};

static void note_namespace(struct document *d, const struct oci_namespace_row *row, size_t i,
                           bool *seen)
{
	const char *warning =
	    (size_t)row->type < sizeof(warnings) / sizeof(*warnings) ? warnings[row->type] : NULL;
	char pointer[48];

	snprintf(pointer, sizeof(pointer), "/linux/namespaces/%zu", i);
	if (seen[row->type])
		document_note(d, SEVERITY_ERROR, "duplicate", pointer,
		              "is of the type of an earlier one");
	else if (row->path && row->type != NAMESPACE_NETWORK)
		document_note(d, SEVERITY_WARNING, "not-applied", pointer,
		              "'%.256s' is not joined: the guest has its own", row->path);
	else if (warning)
		document_note(d, SEVERITY_WARNING, "not-applied", pointer, "%s", warning);
	seen[row->type] = true;
}

/* The network's is left to whoever starts the machine. */
static void move_namespaces(struct document *d, struct oci_linux *from, struct request *r)
{
	bool seen[NAMESPACE_TIME + 1] = {false};

	for (size_t i = 0; i < from->namespaces.count; i++) {
		struct oci_namespace_row *row = &from->namespaces.items[i];

		if (!row->type)
			continue;
		note_namespace(d, row, i, seen);
		if (row->type == NAMESPACE_NETWORK && !r->network_namespace)
			r->network_namespace = steal_ptr(&row->path);
	}
	if (!seen[NAMESPACE_NETWORK])
		document_note(d, SEVERITY_WARNING, "not-applied", "/linux/namespaces",
		              "there is none of the network: the host's own cannot be had, the "
		              "guest has its own");
}

/* What is well-formed has sized the machine: vm_size_complete(). */
static void check_cpus(struct document *d, const struct oci_resources *resources)
{
	const char *cpus = resources && resources->cpu ? resources->cpu->cpus : NULL;

	if (cpus && cpuset_count(cpus) == 0)
		document_note(d, SEVERITY_ERROR, "cpus", "/linux/resources/cpu/cpus",
		              "'%.256s' is no list of CPUs", cpus);
}

static int move_devices(struct oci_linux *from, struct vmconfig *cfg)
{
	struct device_node *items = calloc(from->devices.count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < from->devices.count; i++) {
		struct oci_device *device = &from->devices.items[i];

		items[i] = (struct device_node){
		    .path = steal_ptr(&device->path),
		    .type = device->type,
		    .major = device->major,
		    .minor = device->minor,
		    .file_mode = {device->file_mode.set, device->file_mode.value & 0777},
		    .uid = device->uid,
		    .gid = device->gid,
		};
	}
	cfg->devices.items = items;
	cfg->devices.count = from->devices.count;
	return 0;
}

/* Nobody listens; what wants it was refused by oci_rules_seccomp(). */
static struct seccomp *take_seccomp(struct oci_linux *from)
{
	struct seccomp *seccomp = steal_ptr(&from->seccomp);

	if (seccomp) {
		free(steal_ptr(&seccomp->listener_path));
		free(steal_ptr(&seccomp->listener_metadata));
	}
	return seccomp;
}

static void move_strings(struct strlist *to, struct strlist *from)
{
	*to = *from;
	*from = (struct strlist){0};
}

int oci_linux_move(struct document *d, struct oci_linux *from, struct request *r)
{
	struct vmconfig *cfg = &r->config;

	if (!from)
		return 0;
	move_namespaces(d, from, r);
	check_cpus(d, from->resources);
	cfg->personality = steal_ptr(&from->personality);
	cfg->seccomp = take_seccomp(from);
	cfg->sysctl = from->sysctl;
	from->sysctl = (struct strmap){0};
	cfg->rootfs_propagation = from->rootfs_propagation;
	move_strings(&cfg->masked_paths, &from->masked_paths);
	move_strings(&cfg->readonly_paths, &from->readonly_paths);
	return move_devices(from, cfg);
}
