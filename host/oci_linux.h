/* SPDX-License-Identifier: MIT */
/* The linux section of a runtime configuration: from the document to the config. */
#ifndef VMCONFIG_OCI_LINUX_H
#define VMCONFIG_OCI_LINUX_H

struct document;
struct oci_linux;
struct request;

/*
 * oci_linux_move() - @from may be NULL; its contents move.
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int oci_linux_move(struct document *d, struct oci_linux *from, struct request *r);

#endif
