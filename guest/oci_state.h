/* SPDX-License-Identifier: MIT */
/* The state of the workload as OCI's hooks read it on their standard input. */
#ifndef VMCONFIG_OCI_STATE_H
#define VMCONFIG_OCI_STATE_H

#include <sys/types.h>

#include "vmconfig.h"

/*
 * oci_state() - a JSON object, as runtime-spec has it; for free().
 * @pid: of the process that will become the workload
 *
 * The machine is the container: its host name is the id, "/" the bundle.
 *
 * Return: NULL when out of memory.
 */
char *oci_state(const struct vmconfig *cfg, pid_t pid);

#endif
