/* SPDX-License-Identifier: MIT */
/*
 * Last resorts, and only in a machine of our own: in a namespace they would be
 * for everybody.
 */
#ifndef VMCONFIG_SYSRQ_H
#define VMCONFIG_SYSRQ_H

/* sysrq_permit() - PID 1 says so first, for itself and those that it forks. */
void sysrq_permit(void);

/*
 * force_readonly() - have the kernel make every filesystem read-only, whoever uses it (SysRq-U).
 *
 * Waits two seconds at most for the kernel to be done.
 */
void force_readonly(void);

/* force_reset() - reset the machine without asking any driver (SysRq-B). Returns where it cannot.
 */
void force_reset(void);

#endif
