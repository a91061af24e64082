/* SPDX-License-Identifier: MIT */
/* Booting a request: from struct request to a VMM's argv, and from its end to an exit status. */
#ifndef VMCONFIG_RUN_H
#define VMCONFIG_RUN_H

#include "disk.h"
#include "vm.h"

/*
 * run_vm() - render the config disk, boot, stream, wait.
 * @r:    finished and checked; the network and report parts are completed here
 * @form: the config disk's
 *
 * Return: the exit status for vmconfig itself: the workload's, or 125.
 */
int run_vm(struct request *r, enum disk_form form);

#endif
