/* SPDX-License-Identifier: MIT */
/* The mounts of a runtime configuration: those the guest makes, and what stands for bind mounts. */
#ifndef VMCONFIG_OCI_MOUNTS_H
#define VMCONFIG_OCI_MOUNTS_H

struct document;
struct oci_mount_list;
struct request;

/*
 * oci_mounts_move() - the list, in its order; contents move.
 * @bundle: what relative sources are below; NULL: sources are not looked at
 * @r:      config.mounts and config.files are added to, and vm.shares for directories
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int oci_mounts_move(struct document *d, const char *bundle, struct oci_mount_list *from,
                    struct request *r);

#endif
