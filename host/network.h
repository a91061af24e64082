/* SPDX-License-Identifier: MIT */
/* The NICs of a request: the VMM's side and the guest's side of each brought together. */
#ifndef VMCONFIG_NETWORK_H
#define VMCONFIG_NETWORK_H

struct request;
struct user_net;
struct vmm_kind;

/*
 * network_complete() - one NIC of the VM for each that the config describes.
 *
 * A config that says nothing of a network gets, where the VMM has such, a user-mode NIC with
 * slirp's usual addresses: 10.0.2.15/24, gateway 10.0.2.2, name server 10.0.2.3. NICs without a MAC
 * get one made from the tap device's name or from their place, always the same, and
 * config.interfaces say it, so that the guest finds each by it.
 *
 * Return: 0, or negative after printing a line.
 */
int network_complete(struct request *r, const struct vmm_kind *kind);

/*
 * network_plan() - what QEMU's user-mode networks are to be.
 * @nets: one for each of r->vm.nics, for free(); those of tap NICs stay empty
 *
 * Return: 0, or negative after printing a line.
 */
int network_plan(const struct request *r, struct user_net **nets);

/*
 * network_reserve_ports() - see that the host's ports to be published are free.
 *
 * Port 0 is replaced by a free one, which is printed. Between this and QEMU's
 * own bind(2) somebody else may take a port: then QEMU says so.
 *
 * Return: 0, or negative after printing a line.
 */
int network_reserve_ports(struct request *r);

#endif
