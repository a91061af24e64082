/* SPDX-License-Identifier: MIT */
/* The words of OCI's linux.seccomp as the kernel's numbers. */
#ifndef VMCONFIG_SECCOMP_WORDS_H
#define VMCONFIG_SECCOMP_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmconfig.h"

/* In the order of the names in shared/fields.c; 0 is none. */
enum seccomp_op { OP_NONE, OP_NE, OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_MASKED_EQ };

/* Architectures of a filter, one bit for each enum seccomp_arch. */
#define SECCOMP_ARCH_BIT(arch) (1u << (arch))

/*
 * seccomp_action() - what a filter returns for an action.
 * @word:      SCMP_ACT_…
 * @errno_ret: the number that goes with ERRNO and TRACE; EPERM when it is not given
 *
 * Return: 0, -EINVAL for an unknown word, -ENOTSUP for SCMP_ACT_NOTIFY: there is no listener.
 */
int seccomp_action(const char *word, const struct optint *errno_ret, uint32_t *action);

/*
 * seccomp_architecture() - the bits of an architecture.
 *
 * Return: 0, also with no bits for one that this machine's kernel cannot run; -EINVAL for an
 * unknown word.
 */
int seccomp_architecture(const char *word, unsigned *bits);

/* seccomp_native() - the machine's own architecture, which is always part of a filter; 0 when its
 * numbers are not known. */
unsigned seccomp_native(void);

/* seccomp_flag() - a SECCOMP_FILTER_FLAG_… of seccomp(2). Return: 0, or -EINVAL. */
int seccomp_flag(const char *word, unsigned *flag);

#endif
