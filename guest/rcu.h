/* SPDX-License-Identifier: MIT */
/* Grace periods of the kernel's RCU while the machine is put together. */
#ifndef VMCONFIG_RCU_H
#define VMCONFIG_RCU_H

/* rcu_hurry() - no call waits for a grace period longer than it must, from now on; needs /sys. */
void rcu_hurry(void);

/* rcu_calm() - as it was before rcu_hurry(), if that has changed anything. */
void rcu_calm(void);

#endif
