/* SPDX-License-Identifier: MIT */
/* Signals that end the process while a file without its name stands. */
#ifndef VMCONFIG_INTERRUPT_H
#define VMCONFIG_INTERRUPT_H

struct replacement;

/* interrupt_hold() - let them wait, until interrupt_arm(). */
void interrupt_hold(void);

/* interrupt_arm() - from now on they remove @r's file, and then end the process as they do. */
void interrupt_arm(const struct replacement *r);

/* interrupt_disarm() - the file has its name, or is gone. */
void interrupt_disarm(void);

#endif
