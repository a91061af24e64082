/* SPDX-License-Identifier: MIT */
/* System calls that programs for i386 make through socketcall(2) and ipc(2) as well. */
#ifndef VMCONFIG_SECCOMP_MULTIPLEX_H
#define VMCONFIG_SECCOMP_MULTIPLEX_H

#include <stdint.h>

#include "vmconfig.h"

/*
 * seccomp_multiplex() - the call that @name can be made through.
 * @number: its number on i386
 *
 * Return: what its first argument is then, or NULL when there is none.
 */
const struct seccomp_arg *seccomp_multiplex(const char *name, uint32_t *number);

#endif
