/* SPDX-License-Identifier: MIT */
/* What the options about devices of the host take: shares, PCI and USB addresses. */
#ifndef VMCONFIG_VM_DEVICES_H
#define VMCONFIG_VM_DEVICES_H

#include "option.h"

/* Setters of rows whose member is a struct vm; each returns as struct option_row's set() does. */

/* "DIR:TAG[,ro][,9p|virtiofs][,socket=PATH]", read from the end: DIR may hold commas and colons. */
int add_share(const struct option_row *row, void *member, const char *value);
/* "[DDDD:]BB:DD.F", hexadecimal; the domain 0000 is added. */
int add_pci(const struct option_row *row, void *member, const char *value);
/* "VVVV:PPPP", hexadecimal, of four digits each. */
int add_usb(const struct option_row *row, void *member, const char *value);
/* A struct optint: 3..4294967294, the others have a meaning of their own. */
int set_vsock_cid(const struct option_row *row, void *member, const char *value);

#endif
