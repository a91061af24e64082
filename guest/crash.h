/* SPDX-License-Identifier: MIT */
#ifndef VMCONFIG_CRASH_H
#define VMCONFIG_CRASH_H

/* crash_guard() - from now on a fault in init itself is said on the console and powers off, instead
 * of a panic. */
void crash_guard(void);

#endif
