/* SPDX-License-Identifier: MIT */
/*
 * OCI's linux.seccomp as a filter for seccomp(2).
 *
 * Of the rules for one system call the first one without conditions counts;
 * when all have conditions, the first whose conditions hold. A rule whose
 * action is the default one is none. That is what runtimes make of a profile
 * with libseccomp.
 */
#ifndef VMCONFIG_SECCOMP_FILTER_H
#define VMCONFIG_SECCOMP_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#include "vmconfig.h"

struct seccomp_filter {
	struct sock_filter *code; /* owned */
	size_t count;
	unsigned flags;  /* for seccomp(2) */
	size_t skipped;  /* names of system calls that are not known */
	char error[256]; /* one line, when it could not be made */
};

/*
 * seccomp_filter_make() - plan it; the kernel is not asked.
 * @f: overwritten; to be released whatever the result
 *
 * Return: 0, -EINVAL or -E2BIG with @f->error, or -ENOMEM.
 */
int seccomp_filter_make(struct seccomp_filter *f, const struct seccomp *config);

/* seccomp_filter_load() - for this process and what it executes. Return: 0 or -errno. */
int seccomp_filter_load(const struct seccomp_filter *f);

void seccomp_filter_release(struct seccomp_filter *f);

#endif
