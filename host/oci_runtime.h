/* SPDX-License-Identifier: MIT */
/* OCI runtime configuration (runtime-spec config.md, config-vm.md): a bundle's config.json. */
#ifndef VMCONFIG_OCI_RUNTIME_H
#define VMCONFIG_OCI_RUNTIME_H

struct document;
struct request;

/*
 * oci_runtime_read() - what a runtime configuration asks for.
 * @d:      parsed; takes the problems
 * @bundle: the directory that root.path is relative to; NULL: it is not looked at
 * @r:      zeroed; receives what the document gives
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int oci_runtime_read(struct document *d, const char *bundle, struct request *r);

#endif
