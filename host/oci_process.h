/* SPDX-License-Identifier: MIT */
/* The process of a runtime configuration: from the document to the config. */
#ifndef VMCONFIG_OCI_PROCESS_H
#define VMCONFIG_OCI_PROCESS_H

struct document;
struct oci_process;
struct vmconfig;

/*
 * oci_process_move() - @from may be NULL; its contents move.
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int oci_process_move(struct document *d, struct oci_process *from, struct vmconfig *cfg);

#endif
