/* SPDX-License-Identifier: MIT */
/* System calls by name, for each architecture that a kernel of this machine can run. */
#ifndef VMCONFIG_SECCOMP_SYSCALLS_H
#define VMCONFIG_SECCOMP_SYSCALLS_H

#include <stdbool.h>
#include <stdint.h>

enum seccomp_arch { SECCOMP_X86_64, SECCOMP_X86, SECCOMP_X32, SECCOMP_AARCH64, SECCOMP_ARCH_COUNT };

/*
 * seccomp_syscall_number() - as seccomp(2) sees it, the bit of x32 included.
 * Return: whether the architecture has a system call of that name.
 */
bool seccomp_syscall_number(const char *name, enum seccomp_arch arch, uint32_t *number);

#endif
