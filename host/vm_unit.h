/* SPDX-License-Identifier: MIT */
/* A machine's unit, and what systemd says of it. */
#ifndef VMCONFIG_VM_UNIT_H
#define VMCONFIG_VM_UNIT_H

#include <stdbool.h>

#define VM_STATE_SIZE 64

struct vm_store;

/*
 * vm_unit_control() - systemctl VERB [OPTION] UNIT.
 * @option: may be NULL
 * @name:   of the machine
 *
 * Return: 0, or negative after printing a line.
 */
int vm_unit_control(const char *verb, const char *option, const char *name);

/* vm_unit_state() - "active", "inactive", "failed", …; "unknown" of a store that is not this
 * host's. */
void vm_unit_state(const struct vm_store *store, const char *name, char state[VM_STATE_SIZE]);

/* vm_unit_runs() - whether it runs, or is on the way to it or from it. */
bool vm_unit_runs(const struct vm_store *store, const char *name);

/* vm_unit_reload() - have systemd read its units anew. Return: 0, or negative after printing a
 * line. */
int vm_unit_reload(void);

#endif
