/* SPDX-License-Identifier: MIT */
/* The kernel's command line as a family wants it. */
#ifndef VMCONFIG_VM_CMDLINE_H
#define VMCONFIG_VM_CMDLINE_H

struct vm;
struct vmm_setup;

/*
 * vm_cmdline_make() - console, ends, where the config disk is; then the user's words, which may
 * override ours.
 * @setup: kind and machine count
 * @line:  for free()
 *
 * Return: 0, or negative after printing a line.
 */
int vm_cmdline_make(const struct vm *vm, const struct vmm_setup *setup, char **line);

#endif
