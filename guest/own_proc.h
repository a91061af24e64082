/* SPDX-License-Identifier: MIT */
/* init's own view of /proc, which a config cannot make read-only. */
#ifndef VMCONFIG_OWN_PROC_H
#define VMCONFIG_OWN_PROC_H

/* own_proc_keep() - hold the initramfs's /proc, which goes out of the tree when the roots are
 * switched. */
void own_proc_keep(void);

/*
 * own_proc_open() - a file of it; of /proc as it is, when it is not held.
 * @name: such as "self/oom_score_adj"
 *
 * Return: fd, close-on-exec, or -errno.
 */
int own_proc_open(const char *name, int flags);

#endif
