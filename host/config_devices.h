/* SPDX-License-Identifier: MIT */
/* Disks and shares that a config names, against those that the machine has. */
#ifndef VMCONFIG_CONFIG_DEVICES_H
#define VMCONFIG_CONFIG_DEVICES_H

#include <stdbool.h>

struct request;
struct vmm_kind;

/*
 * config_devices_check() - see that the guest will find what the config's root, volumes and mounts
 * are to be made of.
 * @r:    with all disks and shares of the machine
 * @sure: there is nothing but those: what is none of them is an error, else a warning
 *
 * What the family can never have is an error in any case. With parameters of the VMM's own, or
 * devices of the host that are handed over, the machine may have more than is known here.
 *
 * Return: 0, or negative after printing a line.
 */
int config_devices_check(const struct request *r, const struct vmm_kind *kind, bool sure);

#endif
