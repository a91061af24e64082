/* SPDX-License-Identifier: MIT */
/* Mounts in the terms of OCI: those the guest makes, and what stands for bind mounts. */
#ifndef VMCONFIG_OCI_MOUNTS_H
#define VMCONFIG_OCI_MOUNTS_H

#include <stddef.h>

struct document;
struct oci_mount;
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

/*
 * oci_mount_move_given() - one of the command line's, whose sources are absolute; contents move.
 * @index: of its own list, for the tag of a share
 *
 * Return: as oci_mounts_move().
 */
int oci_mount_move_given(struct document *d, struct oci_mount *mount, size_t index,
                         struct request *r);

#endif
