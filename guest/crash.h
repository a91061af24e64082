/* SPDX-License-Identifier: MIT */
/*
 * A fault in PID 1 would be a kernel panic, which tells the host nothing. Here
 * it is a failure like others: everything else is killed, the filesystems are
 * made clean, the failure is reported, and the power goes off.
 */
#ifndef VMCONFIG_CRASH_H
#define VMCONFIG_CRASH_H

struct account;
struct guest;

/* crash_guard() - from now on. */
void crash_guard(void);

/* crash_of() - whose filesystems are to be taken apart, and where to report. Both stay the
 * caller's; until they are known there is nothing but the console. */
void crash_of(struct guest *g, struct account *account);

/* crash_phase() - what init is at, for the report. @name: stays the caller's. */
void crash_phase(const char *name);

#endif
