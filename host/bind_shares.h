/* SPDX-License-Identifier: MIT */
/* Directories that a bundle binds, and who shares them with the guest. */
#ifndef VMCONFIG_BIND_SHARES_H
#define VMCONFIG_BIND_SHARES_H

struct document;
struct request;
struct vm;

/*
 * bind_shares_settle() - a share that was given for the same directory stands for the bundle's own.
 * @d:     takes a warning for each directory that nobody shares yet
 * @given: the options of the virtual machine, to which the bundle's other shares are added; NULL:
 *         no machine is started here, and whoever starts it must know
 *
 * Return: 0 or -ENOMEM.
 */
int bind_shares_settle(struct document *d, struct request *r, struct vm *given);

#endif
