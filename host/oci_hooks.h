/* SPDX-License-Identifier: MIT */
/* The hooks of a runtime configuration: those of the guest and those of the host. */
#ifndef VMCONFIG_OCI_HOOKS_H
#define VMCONFIG_OCI_HOOKS_H

struct document;
struct oci_hooks;
struct request;

/*
 * oci_hooks_move() - startContainer into the config, the others into the request. Contents move.
 * @bundle: the directory; NULL: nothing will be run
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int oci_hooks_move(struct document *d, const char *bundle, struct oci_hooks *from,
                   struct request *r);

#endif
