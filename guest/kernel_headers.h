/* SPDX-License-Identifier: MIT */
/* The running kernel's headers, for modules that are built in the guest. */
#ifndef VMCONFIG_KERNEL_HEADERS_H
#define VMCONFIG_KERNEL_HEADERS_H

struct guest;

/*
 * kernel_headers_install() - unpack the initrd's archive, if it has one and the config does not
 * skip it, to where DKMS looks; once: what is there already stays.
 *
 * Return: 0, or negative after guest_error().
 */
int kernel_headers_install(struct guest *g);

#endif
