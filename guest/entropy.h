/* SPDX-License-Identifier: MIT */
/* The kernel's random numbers, in a machine that may have nothing to make them from. */
#ifndef VMCONFIG_ENTROPY_H
#define VMCONFIG_ENTROPY_H

struct vmconfig;

/*
 * entropy_seed() - give the kernel's pool the config's secret, and bytes of the host's generator
 * while it still has too little.
 *
 * The secret is wiped from @cfg. Waits 100 ms at most, and fails never: a
 * program that asks for random numbers waits for them itself.
 */
void entropy_seed(struct vmconfig *cfg);

#endif
