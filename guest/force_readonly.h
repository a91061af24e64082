/* SPDX-License-Identifier: MIT */
#ifndef VMCONFIG_FORCE_READONLY_H
#define VMCONFIG_FORCE_READONLY_H

/*
 * force_readonly() - have the kernel make every filesystem read-only, whoever uses it (SysRq-U).
 *
 * The last resort, and only in a machine of our own: in a namespace it would be
 * everybody's filesystems. Waits two seconds at most for the kernel to be done.
 */
void force_readonly(void);

/* force_readonly_permit() - PID 1 says so first, for itself and those that it forks. */
void force_readonly_permit(void);

#endif
