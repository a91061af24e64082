/* SPDX-License-Identifier: MIT */
/* The time of day, where the host tells it better than the kernel has it. */
#ifndef VMCONFIG_CLOCK_STEP_H
#define VMCONFIG_CLOCK_STEP_H

#include <stdbool.h>
#include <stdint.h>

struct guest;
struct ptp_sys_offset;

/*
 * clock_step() - set the clock from the hypervisor's PTP clock, else from an RTC that the kernel
 * has not taken it from.
 *
 * A second and more is a notice to the host, and so is what cannot be the time, of a clock that is
 * passed over and of ours in the end. Nothing of it is worth a failed boot: what goes wrong is in
 * the log.
 */
void clock_step(struct guest *g);

/* clock_tells_utc() - whether the PTP clock of this clock_name is a hypervisor's that tells UTC. */
bool clock_tells_utc(const char *name);

/* clock_ptp_offset() - how far the PTP clock is ahead, in microseconds, by the best sample. */
int64_t clock_ptp_offset(const struct ptp_sys_offset *samples);

#endif
