/* SPDX-License-Identifier: MIT */
/* The machines of this host. */
#ifndef VMCONFIG_VM_LIST_H
#define VMCONFIG_VM_LIST_H

#include <stdbool.h>

struct vm_store;

/*
 * vm_list() - print each machine that has a package, by name.
 * @json: for programs, else a table
 *
 * Return: 0, or negative after printing a line.
 */
int vm_list(const struct vm_store *store, bool json);

#endif
