/* SPDX-License-Identifier: MIT */
/* The vm section of an OCI runtime configuration (runtime-spec config-vm.md). */
#ifndef VMCONFIG_OCI_VM_H
#define VMCONFIG_OCI_VM_H

#include "record.h"
#include "vmconfig.h"

struct document;
struct vm;

struct oci_hypervisor {
	char *path;
	struct strlist parameters;
};

struct oci_kernel {
	char *path;
	struct strlist parameters;
	char *initrd;
};

struct oci_vm_image {
	char *path;
	int format; /* enum vm_image_format */
};

/* Memory of the machine that the container may touch; counted in frames. */
struct oci_iomem {
	struct optuint first_gfn;
	struct optuint first_mfn;
	struct optuint nr_mfns;
};

struct oci_hw_config {
	struct optint vcpus;
	struct optint memory; /* bytes */
	char *device_tree;
	struct strlist dtdevs;
	struct {
		struct oci_iomem *items;
		size_t count;
	} iomems;
	struct intlist irqs;
};

struct oci_vm {
	struct oci_hypervisor *hypervisor;
	struct oci_kernel *kernel;
	struct oci_vm_image *image;
	struct oci_hw_config *hw_config;
	struct oci_hw_config *hwconfig; /* the key as the specification's Go types write it */
};

extern const struct record oci_vm_record;

/*
 * oci_vm_move() - what the section says, into @vm; @from is left half empty.
 * @d:    the document, for problems: what no rule of one field can say
 * @from: decoded by oci_vm_record from "/vm", or NULL
 *
 * Where hwConfig gives no size, linux.resources does: see vm_size.h.
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int oci_vm_move(struct document *d, struct oci_vm *from, struct vm *vm);

#endif
