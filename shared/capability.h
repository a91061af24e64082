/* SPDX-License-Identifier: MIT */
/* Names of capabilities (capabilities(7)). */
#ifndef VMCONFIG_CAPABILITY_H
#define VMCONFIG_CAPABILITY_H

/* capability_parse() - the kernel's number of "CAP_NAME", or -1 when none has that name. */
int capability_parse(const char *name);

/* capability_name() - the name of a number, or NULL. */
const char *capability_name(int number);

#endif
