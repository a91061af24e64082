/* SPDX-License-Identifier: MIT */
/* What execve(2) is given, made before fork(2): the child allocates nothing. */
#ifndef VMCONFIG_EXEC_PLAN_H
#define VMCONFIG_EXEC_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "vmconfig.h"

struct exec_plan {
	char **argv;  /* points into the config */
	char **envp;  /* owned, with its strings */
	char **paths; /* owned: where the program may be, in order of search */
	const char *workdir;
};

/*
 * exec_plan_make() - from the config.
 * @home: what HOME is to be when the config sets none
 *
 * A program name with a "/" is taken as it is, relative to workdir; one without
 * is searched in PATH of the config's environment, as execvp(3) does.
 *
 * Return: 0, -EINVAL without a program, or -ENOMEM.
 */
int exec_plan_make(struct exec_plan *plan, const struct vmconfig *cfg, const char *home);

void exec_plan_release(struct exec_plan *plan);

/*
 * exec_plan_run() - replace this process by the program.
 * Return: -errno, in the words of execvp(3): -ENOENT not found, -EACCES found but not executable.
 */
int exec_plan_run(const struct exec_plan *plan);

#endif
