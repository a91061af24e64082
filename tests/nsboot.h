/* SPDX-License-Identifier: MIT */
/* What the parts of nsboot share. The theory of operation stands in nsboot.c. */
#ifndef VMCONFIG_NSBOOT_H
#define VMCONFIG_NSBOOT_H

/* Exit statuses beside those that init reports. */
enum { STATUS_TIMEOUT = 124, STATUS_SETUP = 254, STATUS_PANIC = 255 };

/* die() - say why nsboot itself cannot go on, with errno's text; exit STATUS_SETUP. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
